"""Small-p out of TensorFlow: read a SavedModel with NumPy alone, map it, build a bundle, prove it.

    source -> wire, sstable -> checkpoint, saved_model -> report (inspect)
                                                       -> mapping -> build (convert) -> verify

Nothing in a model file is ever executed; a damaged file ends in a `ModelError`.
"""
