"""New molecules from fragments of old ones."""

import pytest
from rdkit import Chem
from rdkit.Chem import BRICS

from workshop_utils import datasets
from workshop_utils.molecules import canonical_smiles, heavy_atoms, parse, recombined

SMILES = datasets.load_esol(["smiles"])["smiles"].iloc[:200].tolist()
NEW = recombined(SMILES, 60, seed=0)


def pieces(smiles):
    return {
        canonical_smiles(Chem.DeleteSubstructs(Chem.MolFromSmiles(piece), Chem.MolFromSmarts("[#0]")))
        for one in smiles
        for piece in BRICS.BRICSDecompose(parse(one))
        if piece != "*"
    }


def test_the_new_molecules_are_new_different_and_canonical():
    known = {canonical_smiles(one) for one in SMILES}
    assert len(set(NEW)) == 60
    assert not known & set(NEW)
    assert [canonical_smiles(one) for one in NEW] == NEW


def test_no_open_end_is_left_and_nothing_is_in_two_parts():
    assert not any("*" in one or "." in one for one in NEW)


def test_their_sizes_are_those_allowed():
    sizes = [heavy_atoms(one) for one in recombined(SMILES, 30, seed=1, heavy_atoms=(8, 12))]
    assert min(sizes) >= 8
    assert max(sizes) <= 12


def test_a_molecule_that_must_not_come_out_does_not_however_it_is_spelled():
    donors = ["CCOC(C)=O", "c1ccccc1OC"]
    everything = set(recombined(donors, 3, seed=0))
    banned = everything.pop()
    spelling = Chem.MolToSmiles(parse(banned), rootedAtAtom=1, canonical=False)
    others = recombined(donors, 2, seed=0, without=[spelling])
    assert set(others) == everything


def test_they_are_made_of_the_fragments_of_the_given_molecules_only():
    donors = ["CCOC(C)=O", "c1ccccc1OC"]
    assert pieces(recombined(donors, 3, seed=0)) <= pieces(donors)


def test_the_same_seed_gives_the_same_molecules_and_another_others():
    assert recombined(SMILES, 60, seed=0) == NEW
    assert recombined(SMILES, 60, seed=1) != NEW


@pytest.mark.parametrize(("donors", "fragments"), [(["CCCC"], 0), ([], 0), (["CCOC(C)=O"], 3)])
def test_too_few_fragments_are_said_to_be_too_few(donors, fragments):
    with pytest.raises(ValueError, match=f"expected 50 new molecules, but {fragments} fragments gave only"):
        recombined(donors, 50, seed=0)
