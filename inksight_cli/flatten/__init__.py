"""A photo of a sheet made flat: its corners found, its perspective and skew taken out."""
