"""From a file to an upright page, its ink, and the crops that a model sees.

``load`` opens files, ``ink`` tells pen from paper, ``ownership`` says which word a patch of ink
belongs to, ``crops`` cuts the pictures a model is asked about. Nothing here knows of words'
meaning, models or formats.
"""
