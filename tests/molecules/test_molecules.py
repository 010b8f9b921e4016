"""SMILES in, molecules or reasons out."""

import contextlib
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import Descriptors, rdMolDescriptors

from workshop_utils import molecules
from workshop_utils.molecules import InvalidSmilesError

STUBBORN = "Cn2c(=O)on(c1ccc(Cl)c(Cl)c1)c2=O"  # a ring without C=C is aromatic by its lone pairs
SMILES_LETTERS = st.text("CcNnOo()[]=#123@+-%.\\/H", max_size=12)


@pytest.fixture(scope="module")
def esol_molecules(esol):
    return molecules.parse_many(esol["smiles"])


# Facts about ESOL.


def test_all_of_esol_can_be_read(esol_molecules):
    assert len(esol_molecules) == 1128


@pytest.mark.parametrize(
    ("label", "expected"),
    [(molecules.has_ring, 811), (molecules.has_aromatic_ring, 662), (molecules.has_benzene_ring, 565)],
)
def test_labels_count_what_rdkit_perceives(esol_molecules, label, expected):
    assert sum(map(label, esol_molecules)) == expected


def test_looking_for_the_letter_c_mislabels_146_molecules(esol, esol_molecules):
    by_letter = esol["smiles"].str.contains("c").to_numpy()
    assert (by_letter != [molecules.has_ring(m) for m in esol_molecules]).sum() == 146


def test_eleven_molecules_stand_there_twice(esol_molecules):
    assert len({molecules.canonical_smiles(m) for m in esol_molecules}) == 1117


def test_the_ring_label_agrees_with_the_tables_own_count(esol, esol_molecules):
    assert [molecules.has_ring(m) for m in esol_molecules] == (esol["rings"] > 0).tolist()


def test_the_aromatic_label_agrees_with_atoms_flagged_one_by_one(esol_molecules):
    flagged = [any(atom.GetIsAromatic() for atom in m.GetAtoms()) for m in esol_molecules]
    assert [molecules.has_aromatic_ring(m) for m in esol_molecules] == flagged


def test_molecular_weights_agree_with_the_table(esol):
    computed = molecules.delaney_descriptors(esol["smiles"])["MolWt"]
    np.testing.assert_allclose(computed, esol["molecular_weight"], atol=0.05)


# Reading.


@given(st.text(max_size=20) | SMILES_LETTERS)
@example("C\ud800")
@example("C\x00C")
@example("c1cc[nH]c1")
@example("[")
def test_any_text_is_a_molecule_or_a_clear_error(text):
    complaint = ""
    try:
        assert molecules.parse(text).GetNumAtoms() > 0
    except InvalidSmilesError as error:
        complaint = str(error)
    assert complaint == "" or complaint.startswith(f"SMILES {text.strip()!r} cannot be read: ")
    assert "no reason" not in complaint


@pytest.mark.parametrize("wrong", ["C1CC", "C(C)(C)(C)(C)C", "cc", "[Xx]", "−"])
def test_nothing_is_written_to_stderr(wrong, capfd):
    with pytest.raises(InvalidSmilesError):
        molecules.parse(wrong)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("C1CC", "ring 1 is not closed"),
        ("C1CC1C%12CC[13CH3]", "ring %12 is not closed"),
        ("C(C", "the parentheses do not match"),
        ("CC&C", r"RDKit stumbles at character 3 \('&'\)"),
        ("C(C)(C)(C)(C)C", "valence for atom # 0 C, 5, is greater than permitted"),
        ("cc", "non-ring atom 0 marked aromatic"),
        ("c1cccc1", "Can't kekulize"),
        ("C C", r"these are 2 SMILES; give one at a time"),
        ("C−C", r"character 2 is '−' \(minus sign\), and '-' was probably meant, so 'C-C'"),
        ("", "it has no atoms"),
        ("   ", "it has no atoms"),
    ],
)
def test_the_error_gives_the_reason(wrong, reason):
    with pytest.raises(InvalidSmilesError, match=reason):
        molecules.parse(wrong)


# What a text is instead.


@pytest.mark.parametrize(
    ("wrong", "place", "meant", "whole"),
    [
        ("C≡N", 2, "#", "C#N"),
        ("CC(=O)[O−]", 9, "-", "CC(=O)[O-]"),
        ("CC(=O)[O–]", 9, "-", "CC(=O)[O-]"),
        ("CC（C）O", 3, "(", "CC(C)O"),
        ("[Na⁺]", 4, "+", "[Na+]"),
        ("C＝O", 2, "=", "C=O"),
        ("N→[Pt]", 2, "->", "N->[Pt]"),
        ("\N{CYRILLIC CAPITAL LETTER ES}CO", 1, "C", "CCO"),
        ("C\N{GREEK CAPITAL LETTER OMICRON}", 2, "O", "CO"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER C}", 1, "C", "C"),
        ("CC(=O)[O\N{SOFT HYPHEN}]", 9, "-", "CC(=O)[O-]"),
        ("[Na+].[Cl\x1e]", 10, "-", "[Na+].[Cl-]"),
        ("[Cl\x1f]", 4, "-", "[Cl-]"),
        ("[Ca²⁺]", 4, "2", "[Ca+2]"),
    ],
)
def test_a_look_alike_is_named_with_the_character_that_was_meant(wrong, place, meant, whole):
    with pytest.raises(InvalidSmilesError) as caught:
        molecules.parse(wrong)
    said = str(caught.value)
    assert f"character {place} is {wrong[place - 1]!r} (" in said
    assert f"and {meant!r} was probably meant, so {whole!r}" in said
    assert "remove" not in said
    assert molecules.parse(whole)


@given(st.text("CNO#=-+()[]≡−–（）＝⁺С", min_size=1, max_size=12))
def test_nobody_is_told_to_remove_a_visible_character(text):
    said = ""
    try:
        molecules.parse(text)
    except InvalidSmilesError as error:
        said = str(error)
    assert not re.search("remove|delete", said)


def test_a_character_that_resembles_nothing_is_named():
    with pytest.raises(InvalidSmilesError, match=r"character 2 is 'é' \(latin small letter e with acute\)"):
        molecules.parse("Cé")
    with pytest.raises(InvalidSmilesError, match=r"character 2 is invisible \(zero width space\); delete it"):
        molecules.parse("C\u200bC")
    with pytest.raises(InvalidSmilesError, match=r"character 2 is invisible \(U\+0000\)"):
        molecules.parse("C\0")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("CCO ethanol", "a SMILES with a name or other text behind it; give the SMILES alone: 'CCO'"),
        ("CCO\tethanol", "give the SMILES alone: 'CCO'"),
        ("CC(=O)[O−] acetate", r"give the SMILES alone: 'CC\(=O\)\[O-\]'"),
        ("C[C@H](O)CC |&1:1|", r"CXSMILES; .* Give the SMILES alone: 'C\[C@H\]\(O\)CC'"),
        ("CCO\nCCN", "these are 2 SMILES; .* parse_many"),
        ("CC (=O) O", r"holds no white space; was 'CC\(=O\)O' meant\?"),
        ("CC( =X", "holds no white space, and there is some at character 4"),
        ("InChI=1S/CH4/h1H4", "it is an InChI; .*MolFromInchi"),
        ("InChI=1S/CH4/h1H4 methane", "it is an InChI"),
        ("LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "it is an InChIKey"),
        ("aspirin", "looks like a name"),
        ("β-carotene", "looks like a name"),
        ("ethyl acetate", "looks like a name"),
        ("2-(methylamino)ethanol", "looks like a name"),
        ("cocoon", "looks like a name"),
        ("50-78-2", "it is a CAS number"),
        ("50–78–2", "it is a CAS number"),
        ("H2O", "looks like a formula"),
        ("H₂O", "looks like a formula"),
        ("CO2", "looks like a formula"),
        ("NaCl", "looks like a formula"),
        ("CH3(CH2)4CH3", "looks like a formula"),
        ("Co", r"stand in brackets: '\[Co\]'"),
        ("CCO>>CC=O", "it is a reaction; give its molecules one by one"),
        ("CCO >> CC=O", "it is a reaction"),
        ("'CCO'", "it stands in quotes of its own; give what is between them: 'CCO'"),
        ("“CCO”", "in quotes of its own; give what is between them: 'CCO'"),
        ("CCO > CC=O", "it is a reaction"),
        ("CCO → CC=O", "it is a reaction"),
        ("CCO->CC=O", "it is a reaction"),
        ("CC=O + CCO", "it is a reaction"),
        ("CCO a>>b>>c", "it is a reaction"),
        ("CCO InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "give the SMILES alone: 'CCO'"),
        ("InChI: InChI=1S/CH4/h1H4", "it is an InChI;"),
        ("c1ccccc1 (I)", "text behind it; give the SMILES alone: 'c1ccccc1'"),
        ("CC(=O)Oc1ccccc1\nC(=O)O", r"a line break parts a single one, give 'CC\(=O\)Oc1ccccc1C\(=O\)O'"),
        ("C[CH2•]", r"character 6 is '•' .* a radical .*, so 'C\[CH2\]'"),
        ("CC•", "a radical is written in brackets"),
        ("Cl2", "looks like a formula"),
        ("O2", "looks like a formula"),
        ("C60", "looks like a formula"),
        ('"CCO', "no part of a SMILES; give 'CCO'"),
        ('="CCO"', "no part of a SMILES; give 'CCO'"),
        ("SMILES: CCO", "it begins with 'SMILES:'; give what stands behind: 'CCO'"),
        ("smiles=CCO", "give what stands behind: 'CCO'"),
        ("InChIKey=LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "it is an InChIKey"),
        ("2,4,6-PCB", "it looks like a name"),
        ("CHEMBL25", "a number, of a database perhaps"),
        ("CID 2244", "a number, of a database perhaps"),
        ("C~C", r"it is a query \(SMARTS\)"),
        ("CO 2", "looks like a formula"),
        ("CCl 4", "looks like a formula"),
        ("C 6 H 6", "looks like a formula"),
        ("H 2 SO 4", "looks like a formula"),
        ("0    CCO", "a number before it; give the SMILES alone: 'CCO'"),
        ("(1) c1ccccc1", "a number before it; give the SMILES alone: 'c1ccccc1'"),
        ("1 CCO ethanol", "a number before it and other text behind it; give the SMILES alone: 'CCO'$"),
        ("CO\t12", "other text behind it; give the SMILES alone: 'CO'$"),
        ("PCB 77", "look its SMILES up"),
        ("CCOCCN 12", "give the SMILES alone: 'CCOCCN'$"),
    ],
)
def test_a_text_that_is_something_else_is_told_what_it_is(wrong, said):
    with pytest.raises(InvalidSmilesError, match=said):
        molecules.parse(wrong)


@pytest.mark.parametrize("smiles", ["N->[Pt](<-N)(Cl)Cl", "CCO->[Cu]"])
def test_an_arrow_to_a_metal_is_a_bond(smiles):
    assert molecules.parse(smiles).GetNumBonds() > 0


@given(st.text("CO(=)1 \n\tIx>+-", max_size=12))
def test_no_text_with_white_space_in_it_is_a_molecule(text):
    if any(character.isspace() for character in text.strip()):
        with pytest.raises(InvalidSmilesError):
            molecules.parse(text)


@pytest.mark.parametrize("wrong", ["C1CC", "CC2CC", "c1cccc1", "C(C"])
def test_a_smiles_with_a_mistake_is_not_taken_for_something_else(wrong):
    with pytest.raises(InvalidSmilesError, match=r"ring|kekulize|parentheses"):
        molecules.parse(wrong)


def test_a_very_long_smiles_is_refused_at_once_and_quoted_in_part():
    assert molecules.parse("C" * 1000).GetNumAtoms() == 1000
    with pytest.raises(
        InvalidSmilesError, match="it has 3000 characters, and at most 1000 are read"
    ) as caught:
        molecules.parse("C" * 3000)
    assert len(str(caught.value)) < 200


# Molecules as others made them.


def test_a_molecule_that_was_never_sanitized_is_labeled_as_its_smiles_is():
    toluene = Chem.MolFromSmiles("C1=CC=CC=C1C", sanitize=False)
    assert molecules.has_benzene_ring(toluene)
    assert molecules.has_aromatic_ring(toluene)
    assert molecules.canonical_smiles(toluene) == molecules.canonical_smiles("c1ccccc1C")
    assert molecules.heavy_atoms(toluene) == 7
    assert not toluene.GetBondWithIdx(0).GetIsAromatic(), "the one that was given is not changed"
    toluene.UpdatePropertyCache()  # valences are known, rings are not
    assert molecules.has_ring(toluene)


def _kekulized(smiles: str) -> Chem.Mol:
    molecule = Chem.MolFromSmiles(smiles)
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    return molecule


def _half_sanitized(smiles: str) -> Chem.Mol:
    molecule = Chem.MolFromSmiles(smiles, sanitize=False)
    molecule.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(molecule)
    return molecule


def test_another_model_of_aromaticity_makes_no_difference():
    phenylthiophene = _kekulized("c1ccsc1-c1ccccc1")
    Chem.SetAromaticity(phenylthiophene, Chem.AromaticityModel.AROMATICITY_MDL)  # there thiophene has none
    assert molecules.canonical_smiles(phenylthiophene) == molecules.canonical_smiles("c1ccsc1-c1ccccc1")


@pytest.mark.parametrize(
    "given", [_kekulized("OC(=O)c1ccccc1"), _half_sanitized("OC(=O)C1=CC=CC=C1")], ids=["Kekulé", "half"]
)
def test_a_kekule_form_is_labeled_as_its_smiles_is(given):
    assert molecules.has_aromatic_ring(given)
    assert molecules.has_benzene_ring(given)
    assert molecules.canonical_smiles(given) == molecules.canonical_smiles("OC(=O)c1ccccc1")
    assert molecules.delaney_descriptors([given])["AromaticProportion"].item() == pytest.approx(6 / 9)
    assert not any(atom.GetIsAromatic() for atom in given.GetAtoms()), "the one that was given is not changed"


@pytest.mark.parametrize("smiles", ["CN(C)(C)(C)C", "c1cccc1"])
def test_a_molecule_that_cannot_be_sanitized_is_refused_with_the_reason(smiles, capfd):
    with pytest.raises(
        InvalidSmilesError, match=r"it was not sanitized, and (Explicit valence|Can't kekulize)"
    ):
        molecules.has_ring(Chem.MolFromSmiles(smiles, sanitize=False))
    assert capfd.readouterr() == ("", "")


def test_a_query_is_refused():
    with pytest.raises(InvalidSmilesError, match="row 1 cannot be read: it is a query"):
        molecules.parse_many(["C", Chem.MolFromSmarts("[C,N]c1ccccc1")])


def test_the_error_names_the_row():
    with pytest.raises(
        InvalidSmilesError, match=r"^SMILES 'C1CC' in row 17 cannot be read: ring 1 is not closed$"
    ):
        molecules.parse("C1CC", row=17)
    with pytest.raises(ValueError, match="'C1CC' in row 2"):
        molecules.parse_many(["C", "CC", "C1CC"])


@pytest.mark.parametrize("wrong", [None, 3.5, float("nan"), b"C"])
def test_what_is_no_text_is_refused_by_its_type(wrong):
    with pytest.raises(InvalidSmilesError, match=f"expected text, got {type(wrong).__name__}"):
        molecules.parse(wrong)


def test_a_molecule_without_atoms_is_refused():
    with pytest.raises(InvalidSmilesError, match="the molecule in row 3 cannot be read: it has no atoms"):
        molecules.parse(Chem.Mol(), row=3)


def test_a_single_smiles_is_not_read_letter_by_letter():
    for function in (molecules.parse_many, molecules.descriptors, molecules.delaney_descriptors):
        with pytest.raises(TypeError, match="expected a list of SMILES or molecules, got a single one"):
            function("CCO")


def test_spaces_around_a_smiles_do_not_matter():
    assert molecules.canonical_smiles("  OCC \n") == "CCO"


def test_a_molecule_is_handed_back_as_it_is():
    ethanol = Chem.MolFromSmiles("CCO")
    assert molecules.parse(ethanol) is ethanol


def test_rdkits_own_log_goes_on_after_an_error(capfd):
    with pytest.raises(InvalidSmilesError):
        molecules.parse("C1CC")
    Chem.MolFromSmiles("C1CC")
    assert "unclosed ring" in capfd.readouterr().err


def test_a_silenced_rdkit_stays_silent_after_an_error(capfd):
    RDLogger.DisableLog("rdApp.error")
    try:
        before = rdBase.LogStatus()
        with pytest.raises(InvalidSmilesError):
            molecules.parse("C1CC")
        assert rdBase.LogStatus() == before
    finally:
        RDLogger.EnableLog("rdApp.error")


def test_in_a_notebook_rdkit_goes_on_logging_to_python(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "rdkit.Chem.Draw.IPythonConsole", object())
    with pytest.raises(InvalidSmilesError):
        molecules.parse("C1CC")
    try:
        Chem.MolFromSmiles("C1CC")
        assert "unclosed ring" in capsys.readouterr().err
    finally:
        rdBase.LogToCppStreams()


# Labels and descriptors.


@pytest.mark.parametrize(
    ("smiles", "ring", "aromatic", "benzene"),
    [
        ("CCCCCC", False, False, False),
        ("C1CCCCC1", True, False, False),
        ("CCl", False, False, False),
        ("c1ccsc1", True, True, False),
        ("c1ccncc1", True, True, False),
        ("C1=CC=CC=C1", True, True, True),
        ("c1ccc2ccccc2c1", True, True, True),
        ("O=C1C=CC(=O)C=C1", True, False, False),
    ],
)
def test_labels_ask_the_molecule_not_its_letters(smiles, ring, aromatic, benzene):
    assert molecules.has_ring(smiles) is ring
    assert molecules.has_aromatic_ring(smiles) is aromatic
    assert molecules.has_benzene_ring(smiles) is benzene


@pytest.mark.parametrize("smiles", ["c1cccc2cccc2c1", "C1=CC=C2C=CC=C2C=C1"])
def test_azulene_is_aromatic_though_the_bond_between_its_rings_is_not(smiles):
    assert molecules.has_aromatic_ring(smiles)
    assert not molecules.has_benzene_ring(smiles)


def test_no_label_of_esol_depends_on_whether_atoms_or_bonds_are_asked(esol_molecules):
    by_bonds = [rdMolDescriptors.CalcNumAromaticRings(m) > 0 for m in esol_molecules]
    assert [molecules.has_aromatic_ring(m) for m in esol_molecules] == by_bonds


def test_what_counts_as_the_same_molecule(capfd):
    same = molecules.canonical_smiles
    assert (
        same("[CH3:1][OH:2]") == same("OC") == same("[H:3]OC") == same(Chem.AddHs(Chem.MolFromSmiles("CO")))
    )
    assert same("[H][H]") == "[H][H]"
    different = ["CO", "[2H]CO", "C[O-]", "C[O-].[Na+]", "CC(F)Cl", "C[C@H](F)Cl", "C[C@@H](F)Cl"]
    assert len({same(one) for one in different}) == len(different)
    assert capfd.readouterr() == ("", "")


def test_heavy_atoms_leave_hydrogen_out():
    assert molecules.heavy_atoms("[H]OC([H])([H])C") == 3
    assert molecules.heavy_atoms(Chem.AddHs(Chem.MolFromSmiles("CCO"))) == 3


def test_descriptors_are_rdkits_whole_list_by_name():
    table = molecules.descriptors(["CCO", "c1ccccc1", "CC(=O)O"])
    assert list(table.columns) == [name for name, _ in Descriptors.descList]
    assert len(table.columns) >= 100
    assert table["MolWt"].tolist() == [
        Descriptors.MolWt(Chem.MolFromSmiles(s)) for s in ("CCO", "c1ccccc1", "CC(=O)O")
    ]


def test_a_descriptor_that_is_not_defined_stays_visible_as_nan(capfd):
    table = molecules.descriptors(["[Na+].[Cl-]", "CCO"])
    assert table.iloc[0].isna().any()
    assert not table.iloc[1].isna().any()
    assert capfd.readouterr().err == ""


def test_delaneys_four_descriptors_of_toluene():
    row = molecules.delaney_descriptors(["Cc1ccccc1"]).iloc[0]
    toluene = Chem.MolFromSmiles("Cc1ccccc1")
    assert row["AromaticProportion"] == pytest.approx(6 / 7)
    assert row["MolWt"] == pytest.approx(92.14, abs=0.01)
    assert row["RotatableBonds"] == 0
    assert row["MolLogP"] == pytest.approx(rdMolDescriptors.CalcCrippenDescriptors(toluene)[0])


def test_a_molecule_of_hydrogen_alone_has_no_aromatic_share():
    assert molecules.delaney_descriptors(["[H][H]"])["AromaticProportion"].item() == 0


# Variants.


def test_661_of_662_aromatic_molecules_have_a_twin(esol_molecules):
    aromatic = [m for m in esol_molecules if molecules.has_aromatic_ring(m)]
    twins = 0
    for m in aromatic:
        with contextlib.suppress(ValueError):
            twin = molecules.hydrogenated_twin(m)
            assert not molecules.has_aromatic_ring(twin)
            assert twin.GetNumAtoms() == m.GetNumAtoms()
            assert Descriptors.NumRadicalElectrons(twin) == Descriptors.NumRadicalElectrons(m)
            twins += 1
    assert (len(aromatic), twins) == (662, 661)


def test_a_molecule_that_stays_aromatic_has_no_twin():
    with pytest.raises(ValueError, match="has no hydrogenated twin: it stays aromatic"):
        molecules.hydrogenated_twin(STUBBORN)


@pytest.mark.parametrize(
    ("aromatic", "twin"),
    [
        ("c1ccccc1", "C1CCCCC1"),
        ("c1ccncc1", "C1CCNCC1"),
        ("c1cc[nH]c1", "C1CCNC1"),
        ("C=Cc1ccccc1", "C=CC1CCCCC1"),
    ],
)
def test_a_twin_gains_hydrogen_in_its_aromatic_rings_only(aromatic, twin):
    assert molecules.canonical_smiles(molecules.hydrogenated_twin(aromatic)) == twin


def test_a_twin_keeps_the_layout():
    original = Chem.MolFromSmiles("Cc1ccc(CCO)cc1")
    Chem.rdDepictor.Compute2DCoords(original)
    before = original.GetConformer().GetPositions()
    twin = molecules.hydrogenated_twin(original)
    np.testing.assert_array_equal(twin.GetConformer().GetPositions(), before)
    assert molecules.has_aromatic_ring(original)  # the original is not changed


def test_a_molecule_without_an_aromatic_ring_has_no_twin():
    with pytest.raises(ValueError, match="C1CCCCC1 has no aromatic ring, so it has no hydrogenated twin"):
        molecules.hydrogenated_twin("C1CCCCC1")


def test_a_twin_that_would_break_a_valence_is_refused():
    wrong = Chem.MolFromSmiles("c1ccccc1")
    wrong.GetAtomWithIdx(0).SetNumExplicitHs(3)
    with pytest.raises(ValueError, match=r"has no hydrogenated twin: .*valence"):
        molecules.hydrogenated_twin(wrong)


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_redrawings_are_one_molecule_in_many_spellings_the_same_for_a_seed(seed):
    aspirin = "CC(=O)Oc1ccccc1C(=O)O"
    first, again = (molecules.redrawings(aspirin, 20, seed=seed) for _ in range(2))
    assert {molecules.canonical_smiles(m) for m in first} == {molecules.canonical_smiles(aspirin)}

    def spell(m):
        return Chem.MolToSmiles(m, canonical=False)

    assert list(map(spell, first)) == list(map(spell, again))
    assert len(set(map(spell, first))) > 5


def test_redrawings_keep_stereochemistry():
    alanine = "C[C@H](N)C(=O)O"
    assert {molecules.canonical_smiles(m) for m in molecules.redrawings(alanine, 10, seed=0)} == {
        molecules.canonical_smiles(alanine)
    }
