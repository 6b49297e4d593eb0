"""RapidOCR works on as many cores as this process was told, and waits asleep."""

import numpy as np

from inksight_cli.cores import cores
from inksight_cli.detectors.embedded import rapid


def test_its_networks_take_the_cores_that_are_this_process_s():
    rapid.engine.cache_clear()  # other tests have worked on other numbers of cores
    white = np.full((64, 64, 3), 255, np.uint8)
    rapid.read_lines(white)
    rapid.read_pictures([white])
    reader = rapid.engine()
    for network in (reader.text_det, reader.text_rec):
        options = network.session.session.get_session_options()
        assert options.intra_op_num_threads == min(cores(), rapid.THREADS)
        assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
        assert not options.enable_mem_pattern
