import numpy as np
import pytest

from recsys.engine import MODELS, BadInput, DamagedModel, artifacts, load


@pytest.fixture
def root(tmp_path, matrices):
    artifacts.store(MODELS["popularity"](matrices[0]), tmp_path, version="first")
    artifacts.store(MODELS["ease"](matrices[0]), tmp_path, version="second")
    return tmp_path


def test_a_version_is_in_service_when_it_was_put_there(root):
    assert artifacts.in_service(root) is None
    artifacts.put_in_service(root, version="second")
    assert artifacts.in_service(root) == "second"
    assert load(artifacts.folder_of(root, version="second")).kind == "ease"
    artifacts.put_in_service(root, version="first")
    assert artifacts.in_service(root) == "first"
    assert artifacts.versions(root) == ["first", "second"]


def test_a_mapped_version_outlives_its_folder(root, matrices):
    model = load(artifacts.folder_of(root, version="second"))
    before = model.scores(matrices[0][:3])
    artifacts.forget(root, version="second")
    assert np.array_equal(model.scores(matrices[0][:3]), before)
    assert artifacts.versions(root) == ["first"]


def test_versions_are_never_overwritten(root, matrices):
    with pytest.raises(BadInput, match="exists already"):
        artifacts.store(MODELS["popularity"](matrices[0]), root, version="second")
    assert load(artifacts.folder_of(root, version="second")).kind == "ease"


def test_a_broken_write_leaves_nothing(root):
    class Broken:
        def save(self, folder):
            folder.mkdir()
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        artifacts.store(Broken(), root, version="third")
    assert sorted(path.name for path in root.iterdir()) == ["first", "second"]


@pytest.mark.parametrize("version", ["", "../elsewhere", ".hidden", "a/b"])
def test_names_that_lead_elsewhere_are_refused(root, version):
    with pytest.raises(BadInput, match="not usable"):
        artifacts.put_in_service(root, version=version)


def test_the_version_in_service_cannot_be_forgotten_and_an_unknown_one_not_served(root):
    artifacts.put_in_service(root, version="first")
    with pytest.raises(BadInput, match="in service"):
        artifacts.forget(root, version="first")
    with pytest.raises(BadInput, match="no version 'third'"):
        artifacts.put_in_service(root, version="third")


def test_a_spoilt_pointer_is_refused(root):
    (root / "in-service").write_text("../../etc", encoding="utf-8")
    with pytest.raises(DamagedModel, match="does not name a version"):
        artifacts.in_service(root)
