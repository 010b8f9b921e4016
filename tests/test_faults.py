"""Faults of disks and files, and readers' interrupts, all provoked: what was there before is there after."""

import os
import pickle
import socket
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from workshop_utils import datasets, demos, explanation, models, training
from workshop_utils._floor.files import write_whole

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs a limit or a signal that Windows does not have")
ROOT_MAY_ALL = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere"
)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "mine.safetensors"
    models.save_weights(models.CompactCNN(), path, {"question": "Is there a ring?"})
    return path


# A disk that is full, and one that cannot be written.


@POSIX
def test_on_a_full_disk_the_old_weights_survive(saved, disk_with_room_for):
    before = saved.read_bytes()
    said = r"could not be written \(.*\); the file that was there is as it was"
    with pytest.raises(OSError, match=said), disk_with_room_for(10_000):
        models.save_weights(models.CompactCNN(3), saved, {})
    assert saved.read_bytes() == before
    assert models.load_weights(saved).card.question == "Is there a ring?"
    assert [file.name for file in saved.parent.iterdir()] == [saved.name], "nothing is left lying about"


@POSIX
def test_on_a_full_disk_no_half_file_appears(tmp_path, disk_with_room_for):
    with pytest.raises(OSError, match=r"could not be written \("), disk_with_room_for(1000):
        models.save_weights(models.CompactCNN(), tmp_path / "new", {})
    assert list(tmp_path.iterdir()) == []


# What is no file. Pipes and sockets of the test's own: a system's device is nothing to try this on.


@POSIX
@pytest.mark.parametrize("by", ["its name", "a link"])
def test_a_pipe_is_written_to_and_not_replaced(tmp_path, by):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe if by == "its name" else link, b"weights")
        assert os.read(reader, 100) == b"weights"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [link, pipe]


@POSIX
def test_a_socket_that_takes_nothing_is_left_and_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as held:
        held.bind("socket")
        with pytest.raises(OSError, match=r"could not be written \([^)]*\): .*socket"):
            write_whole("socket", b"weights")
        assert stat.S_ISSOCK(Path("socket").stat().st_mode)


def test_a_folder_is_not_replaced_by_a_file(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="could not be written"):
        write_whole(tmp_path / "folder", b"weights")
    assert (tmp_path / "folder").is_dir()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"could not be written \(No such file.*nowhere"):
        models.save_weights(models.CompactCNN(), tmp_path / "nowhere" / "mine", {})


@ROOT_MAY_ALL
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(PermissionError, match="could not be written"):
            models.save_weights(models.CompactCNN(), tmp_path / "mine", {})
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_weights_that_may_only_be_read_can_be_read(saved):
    saved.chmod(stat.S_IRUSR)
    assert models.load_weights(saved).card.question == "Is there a ring?"


@POSIX
def test_a_link_stays_a_link(saved):
    link = saved.parent / "link"
    link.symlink_to(saved)
    models.save_weights(models.CompactCNN(5), link, {})
    assert link.is_symlink()
    assert models.load_weights(saved).arguments == {"num_classes": 5}


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o640])
def test_a_file_keeps_who_may_read_and_write_it(tmp_path, mode):
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(mode)
    write_whole(file, b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == mode


@POSIX
def test_two_names_of_one_file_stay_that(tmp_path):
    file, other = tmp_path / "file", tmp_path / "other"
    file.write_bytes(b"an older and longer one")
    os.link(file, other)
    write_whole(file, b"new")
    assert other.read_bytes() == b"new"
    assert sorted(tmp_path.iterdir()) == [file, other]


@POSIX
@ROOT_MAY_ALL
def test_a_write_protected_file_is_not_replaced(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(stat.S_IRUSR)
    with pytest.raises(PermissionError, match=r"write-protected.*as it was"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"


@POSIX
def test_links_in_a_circle_are_said(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(OSError, match="could not be written"):
        write_whole(link, b"weights")


@POSIX
@pytest.mark.parametrize("name", ["x" * 255, "\N{TEST TUBE}" * 62])
def test_a_long_name_in_any_alphabet_can_be_written(tmp_path, name):
    write_whole(tmp_path / name, b"weights")
    assert [file.name for file in tmp_path.iterdir()] == [name]


@POSIX
def test_a_link_to_nothing_gets_its_file(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "file")
    write_whole(link, b"weights")
    assert link.is_symlink()
    assert (tmp_path / "file").read_bytes() == b"weights"


def test_an_interrupt_while_weights_are_written_leaves_the_old_ones(saved, monkeypatch):
    before = saved.read_bytes()

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        models.save_weights(models.CompactCNN(3), saved, {})
    assert saved.read_bytes() == before
    assert len(list(saved.parent.iterdir())) == 1


# Files that are not what they should be.


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 100, 5000, -1])
def test_truncated_weights_are_refused(saved, kept):
    saved.write_bytes(saved.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"mine\.safetensors holds no weights with a model card; .* whole"):
        models.load_weights(saved)


def test_a_flipped_bit_in_the_head_is_refused_or_harmless(saved):
    content = saved.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    for place in range(0, 8 + length, 37):
        broken = bytearray(content)
        broken[place] ^= 0x10
        saved.write_bytes(broken)
        refusal = ""
        try:
            assert isinstance(models.load_weights(saved), models.CompactCNN)
        except ValueError as error:
            refusal = str(error)
        assert not refusal or str(saved) in refusal


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing"):
        models.load_weights(tmp_path / "nothing")
    with pytest.raises((IsADirectoryError, PermissionError)):
        models.load_weights(tmp_path)


class _Mischief:
    """A pickle that leaves a trace when it is opened."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (os.mkdir, (str(self.trace),))


@pytest.mark.parametrize("by", ["pickle", "torch", "old torch"])
def test_a_pickle_is_refused_and_nothing_in_it_is_run(tmp_path, by):
    trace, path = tmp_path / "trace", tmp_path / "weights.pt"
    if by == "pickle":
        path.write_bytes(pickle.dumps(_Mischief(trace)))
    else:
        torch.save({"a": _Mischief(trace)}, path, _use_new_zipfile_serialization=by == "torch")
    assert zipfile.is_zipfile(path) == (by == "torch")
    with pytest.raises(ValueError, match="this is a pickle, which could run any program and is not opened"):
        models.load_weights(path)
    assert not trace.exists()


def test_weights_of_another_architecture_are_refused(saved):
    for model in (models.SimpleMolecularCNN(size=32), models.DrawingReader(), nn.Linear(3, 2)):
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        with pytest.raises(
            ValueError, match=r"are of another network than this: .* in the file and .* in the network"
        ):
            models.load_weights(saved, model)
        assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            b'{\\"num_classes\\": 2}',
            b'{\\"num_classes\\": 9}',
            "weights are of another CompactCNN than it tells",
        ),
        (b'{\\"num_classes\\": 2}', b'{\\"num_klasses\\": 2}', "tells of a CompactCNN that cannot be built"),
        (b'\\"CompactCNN\\"', b'\\"CompactCMM\\"', "a network that is none of the course's"),
    ],
)
def test_a_file_whose_words_and_weights_differ_is_refused(saved, old, new, said):
    content = saved.read_bytes()
    assert old in content
    saved.write_bytes(content.replace(old, new))
    with pytest.raises(ValueError, match=said):
        models.load_weights(saved)


def test_a_file_that_tells_of_a_giant_takes_no_memory(saved):
    content = saved.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    head = content[8 : 8 + length].replace(b'{\\"num_classes\\": 2}', b'{\\"num_classes\\": 1000000000000}')
    head += b" " * (-len(head) % 8)
    saved.write_bytes(struct.pack("<Q", len(head)) + head + content[8 + length :])
    with pytest.raises(ValueError, match=r"mine\.safetensors (is damaged|tells of a CompactCNN)"):
        models.load_weights(saved)


def test_a_bundled_file_that_is_cut_or_cannot_be_read_is_damage(tmp_path, monkeypatch):
    from workshop_utils._floor import bundled

    content = datasets.read_bundled("esol.csv")
    monkeypatch.setattr(bundled, "files", lambda _: tmp_path)
    (tmp_path / "_data").mkdir()
    listed = tmp_path / "_data" / "checksums.txt"
    listed.write_text("8c06a76f  esol.csv\n", encoding="utf-8")
    (tmp_path / "_data" / "esol.csv").write_bytes(content[: len(content) // 2])
    with pytest.raises(datasets.DamagedFileError, match=r"esol\.csv is damaged: .* Install the course again"):
        datasets.load_esol()
    (tmp_path / "_data" / "esol.csv").unlink()
    (tmp_path / "_data" / "esol.csv").mkdir()
    with pytest.raises(datasets.DamagedFileError, match=r"esol\.csv is damaged: .*cannot be read"):
        datasets.load_esol()
    assert datasets.damaged() == ["esol.csv"]
    for wrong in (b"one word\nor\n", b"\xff\xfe\x00"):
        listed.write_bytes(wrong)
        with pytest.raises(datasets.DamagedFileError, match=r"checksums\.txt, cannot be read"):
            datasets.checksums()


# A reader who stops a cell, or runs it twice.


@pytest.fixture
def network():
    return models.load_pretrained("rings")


INK = np.random.default_rng(0).random((2, 1, 96, 96), dtype=np.float32)
ASKED = {
    "predict": lambda model: training.predict(model, INK),
    "embed": lambda model: models.embed(model, INK, progress=False),
    "feature_maps": lambda model: explanation.feature_maps(model, INK, "features.0"),
    "grad_cam": lambda model: explanation.grad_cam(model, INK, "features.13", target=1),
    "top_activating": lambda model: explanation.top_activating(model, INK, "features.0", 0, n=1),
    "preferred_input": lambda model: explanation.preferred_input(model, "features.0", 0, size=16, steps=2),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_who_is_stopped_leaves_no_hook_and_the_mode_as_it_was(network, name, error):
    network.train()
    network.features[1].eval()

    def stop(*_):
        raise error

    hook = network.features[13].register_forward_hook(stop)
    with pytest.raises(error):
        ASKED[name](network)
    hook.remove()
    assert not any(layer._forward_hooks for layer in network.modules())
    assert network.training
    assert not network.features[1].training
    assert torch.is_grad_enabled()
    ASKED[name](network)


def test_a_demo_that_is_stopped_draws_again(monkeypatch):
    from workshop_utils.demos import _answers

    demo = demos.draw_a_smiles()
    network, threads = _answers.network("rings"), torch.get_num_threads()

    def stop(*_):
        raise KeyboardInterrupt

    hook = network.features[13].register_forward_hook(stop)
    try:
        with pytest.raises(KeyboardInterrupt):
            demo.controls["smiles"].value = "C1CCCCC1N"
    finally:
        hook.remove()
    assert not any(layer._forward_hooks for layer in network.modules())
    assert torch.get_num_threads() == threads
    shown = demo.frame.value
    demo.controls["smiles"].value = "C1CCCCC1O"
    assert demo.frame.value != shown
    assert "C1CCCCC1O" in demo.frame.value


def test_a_demo_says_what_a_text_is_that_is_no_smiles():
    demo = demos.hello_molecule()
    for wrong, said in (
        ("aspirin", "looks like a name"),
        ("C≡N", "was probably meant"),
        ("C" * 3000, "at most 1000"),
    ):
        demo.controls["smiles"].value = wrong
        assert 'role="alert"' in demo.frame.value
        assert said in demo.frame.value
    demo.controls["smiles"].value = "CCO"
    assert 'role="alert"' not in demo.frame.value


def test_a_cell_that_is_run_twice_gives_the_same(tmp_path):
    """Weights are saved over the old ones, and a network that is built anew learns the same."""
    data = training.MolecularImageDataset(INK.repeat(4, axis=0), [0, 1] * 4)
    found = []
    for _ in range(2):
        with training.seeded(0):
            model = models.CompactCNN()
        history = training.fit(model, data, data, epochs=2, seed=0, progress=False)
        models.save_weights(model, tmp_path / "mine", {})
        found.append((history.frame()["loss"].tolist(), (tmp_path / "mine").read_bytes()))
    assert found[0] == found[1]
