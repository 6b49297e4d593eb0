"""Word detectors behind one protocol (`inksight_cli.detectors.protocol`)."""
