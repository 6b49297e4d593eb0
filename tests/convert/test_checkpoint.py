import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inksight_cli.convert.checkpoint import Checkpoint, from_bfloat16
from inksight_cli.convert.sstable import read_table
from inksight_cli.errors import ModelError

ANY_NUMBER_OF_TIMES = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def checkpoint(replica):
    return Checkpoint(replica / "variables")


def test_names_shapes_and_types(checkpoint):
    found = {v.name: (v.dtype, v.shape) for v in checkpoint.variables}
    assert len(found) == 67
    assert found["token_embedder__embedding"] == ("bfloat16", (518, 16))
    assert found["encoder__encoder__relpos_bias__rel_embedding"] == ("bfloat16", (1, 2, 32))
    path = next(v.path for v in checkpoint.variables if v.name.endswith("encoder_norm__scale"))
    assert path[-2:] == ("encoder_norm", "scale")


def test_tensors_pass_their_checksums(checkpoint):
    for variable in checkpoint.variables:
        tensor = checkpoint.tensor(variable)
        assert tensor.dtype == np.float32
        assert tensor.shape == variable.shape
        assert np.isfinite(tensor).all()


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1))
def test_bfloat16_is_the_upper_half_of_float32(values):
    bits = np.array(values, np.float32).view(np.uint32) >> 16
    wide = from_bfloat16(bits.astype(np.uint16))
    assert np.array_equal(wide.view(np.uint32), bits << 16)


@ANY_NUMBER_OF_TIMES
@given(at=st.integers(0, 10**6), mask=st.integers(1, 255), cut=st.integers(0, 200))
def test_a_changed_index_is_read_or_refused(replica, at, mask, cut):
    data = bytearray((replica / "variables" / "variables.index").read_bytes())
    data[at % len(data)] ^= mask
    try:
        read_table(bytes(data[: len(data) - cut] if cut > 150 else data))
    except ModelError as error:
        assert str(error)


@ANY_NUMBER_OF_TIMES
@given(st.binary(max_size=300))
def test_any_bytes_with_the_right_footer_are_refused(data):
    footer = (0xDB4775248B80FB57).to_bytes(8, "little")
    with pytest.raises(ModelError):
        read_table(data + footer)


def copy(replica, tmp_path):
    shutil.copytree(replica / "variables", tmp_path / "variables")
    return tmp_path / "variables"


def test_a_truncated_data_file_is_named(replica, tmp_path):
    folder = copy(replica, tmp_path)
    path = folder / "variables.data-00000-of-00001"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match="truncated"):
        Checkpoint(folder)


def test_a_missing_data_file_is_named(replica, tmp_path):
    folder = copy(replica, tmp_path)
    (folder / "variables.data-00000-of-00001").unlink()
    with pytest.raises(ModelError, match=r"variables\.data-00000-of-00001 cannot be read"):
        Checkpoint(folder)


def test_an_empty_index_is_named(replica, tmp_path):
    folder = copy(replica, tmp_path)
    (folder / "variables.index").write_bytes(b"")
    with pytest.raises(ModelError, match="not a table"):
        Checkpoint(folder)


def test_a_flipped_bit_in_a_tensor_is_found(replica, tmp_path):
    folder = copy(replica, tmp_path)
    path = folder / "variables.data-00000-of-00001"
    variable = next(v for v in Checkpoint(folder).variables if v.name.startswith("token"))
    data = bytearray(path.read_bytes())
    data[variable.offset + 5] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="token_embedder__embedding fails its checksum"):
        Checkpoint(folder).tensor(variable)
