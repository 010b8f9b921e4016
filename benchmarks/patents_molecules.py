"""Molecules for the drawings that the network ``patents`` learns from, made by rules from SMILES.

A drawing in a patent shows a larger molecule than ESOL holds, and other rings. Here rings are written down
once, each with its kin: carbons become nitrogens, and double bonds are taken away, so that for every aromatic
ring there are others that lack just that. Rings are joined by linkers and decorated. RDKit says what is
aromatic.
"""

from __future__ import annotations

import numpy as np
from rdkit import Chem, rdBase

from workshop_utils import datasets, molecules

_AROMATIC = """
c1ccccc1 c1ccccc1 c1ccncc1 c1ccoc1 c1ccsc1 c1cc[nH]c1 c1cnoc1 c1cnsc1 c1c[nH]nc1 c1cnc[nH]1 c1cocn1
c1cscn1 c1nnco1 c1nncs1 c1nc[nH]n1 c1nnn[nH]1 c1ncon1 c1cn[nH]n1 O=c1cccc[nH]1 O=c1cc[nH]cc1
O=c1ccocc1 O=c1cc[nH]c(=O)[nH]1 c1ccc2ccccc2c1 c1ccc2[nH]ccc2c1 c1ccc2occc2c1 c1ccc2sccc2c1
c1ccc2[nH]cnc2c1 c1ccc2ocnc2c1 c1ccc2scnc2c1 c1ccc2[nH]ncc2c1 c1ccn2ccnc2c1 c1ccn2nccc2n1
c1ccc2nccnc2c1 c1ccc2OCOc2c1 c1ccc2OCCOc2c1 c1ccc2CCCc2c1 c1ccc2CCCCc2c1 c1ccc2CNCCc2c1
c1ccc2NCCc2c1 c1ccc2OCCc2c1 O=c1ccc2ccccc2o1 O=c1cnc2ccccc2[nH]1 O=c1[nH]cnc2ccccc12
O=C1NC(=O)c2ccccc12 O=C1NCc2ccccc12 c1ccc2c(c1)[nH]c1ccccc12 c1ccc2c(c1)oc1ccccc12 c1nc2cncnc2[nH]1
c1cc2CCNCc2[nH]1 c1nc2CCNCc2s1 O=C1CN=C(C)c2ccccc2N1 c1cc2sccc2s1 c1cc2CNCCc2s1
"""
_OTHER = """
C1CCCCC1 C1=CCCCC1 C1=CC=CCC1 C1=CCC=CC1 O=C1C=CCCC1 O=C1C=CC(=O)C=C1 C1CCCC1 C1=CCCC1 C1=CCC=C1
C1CCNCC1 C1CNCCN1 C1COCCN1 C1CSCCN1 C1CCNC1 C1CCOC1 C1CCOCC1 C1OCCO1 C1COCCO1 C1CNC1 C1CC1 C1CCC1
C1CO1 O=C1CCCN1 O=C1CCCCN1 O=C1CCC(=O)N1 O=C1C=CC(=O)N1 O=C1CNC(=O)N1 O=C1CSC(=O)N1
O=C1CC(=O)NC(=O)N1 C1=CCOCC1 C1=COCC1 C1=NCCO1 C1=NCCN1 C1=NCCS1 C1=NNCC1 C1=NOCC1 C1=CCC=CN1
O=S1(=O)C=CC=C1 CC1(C)OBOC1(C)C CC1(C)OB(C)OC1(C)C C1CCC2CCCCC2C1 C1CC2CCC1C2 C1CCC2(CC1)CCNC2
OCC1OCC(O)C(O)C1O O=C1OCCC1 O=C1C=CCO1 C1CCCCCC1 C1CCCNCC1 C1CN2CCC1CC2 O=C1CCNC(=O)C1 N=C1NC(=O)CS1
C1CC2CC1CN2 C1CCC2C(C1)CCC1CCCCC12 O=C1CC2CCCCC2C1 C1=CC2CCC1C2 C1NCC=CC1 C1=NCCCN1 S=C1NC(=O)CS1
S1CCSC1 O=S1(=O)CCCC1
"""
#: What joins two rings, from its first to its last atom; "" is a bond.
_LINKERS = (
    "|C|O|N|S|CC|OC|CO|CN|NC|C(=O)|NC(=O)|C(=O)N|S(=O)(=O)N|NS(=O)(=O)|C=C|C#C|CCC|OCC|NC(=O)N|OC(=O)|"
    "N(C)C|C=N|CCCC|OCCCN|C(=O)NC|CC(=O)N|NC(=N)N|SCC|C#CC|CCCCCC"
)
#: What hangs on a ring, from its first atom; an asterisk is a rest, such as R¹.
_SIDES = (
    "F|F|Cl|Cl|Br|I|C|C|C|CC|C(C)C|C(C)(C)C|O|O|OC|OC|OCC|N|N|NC|N(C)C|C(F)(F)F|OC(F)(F)F|C#N|C#C|"
    "[N+](=O)[O-]|C(=O)O|C(=O)OC|C(=O)OCC|C(N)=O|C(C)=O|C=O|S(C)(=O)=O|S(N)(=O)=O|SC|CO|CN|CC(=O)O|"
    "NC(C)=O|NC(=O)OC(C)(C)C|C(=O)OC(C)(C)C|C=C|CC=C|OCC(=O)O|[Si](C)(C)C|O[Si](C)(C)C(C)(C)C|"
    "OS(=O)(=O)C(F)(F)F|B(O)O|P(=O)(O)O|C(F)(F)P(=O)(O)O|CCCC|CCCCCC|C#CCCC|N=[N+]=[N-]|NC(N)=N|C(=N)N|"
    "NC(=O)N|OC(C)=O|CC(N)C(=O)O|C(O)CO|*|*|*|*|*|O*|N*|C(=O)*|C(=O)O*|C(*)(*)*|S*|NS(C)(=O)=O|C(=O)NO|"
    "*C*|C=CC(=O)O"
)
AROMATIC, OTHER = _AROMATIC.split(), _OTHER.split()
LINKERS, SIDES = _LINKERS.split("|"), _SIDES.split("|")


def built(generator: np.random.Generator, *, rings: bool = True) -> Chem.Mol | None:
    """Build one molecule: some rings, or none, joined and decorated; None where chemistry forbids it."""
    plain = generator.random() < 0.45
    count = generator.choice(6, p=[0.06, 0.24, 0.3, 0.24, 0.12, 0.04])
    aromatic = [not plain and generator.random() < 0.6 for _ in range(count)]
    mol = Chem.MolFromSmiles("C" * generator.integers(1, 5)) if count == 0 else _ring(generator, aromatic[0])
    for kind in aromatic[1:]:
        linker = LINKERS[generator.integers(len(LINKERS))]
        mol = _joined(mol, Chem.MolFromSmiles(linker) if linker else None, _ring(generator, kind), generator)
        if mol is None:
            return None
    for _ in range(generator.poisson(0.8 + 0.5 * count)):
        mol = (
            _joined(
                mol, None, Chem.MolFromSmiles(SIDES[generator.integers(len(SIDES))]), generator, first=True
            )
            or mol
        )
    return _sane(mol)


def many(n: int, *, seed: int, most: int = 55) -> list[Chem.Mol]:
    """Build n molecules of at most so many heavy atoms."""
    generator, found = np.random.default_rng(seed), []
    with rdBase.BlockLogs():
        while len(found) < n:
            mol = built(generator)
            if mol is not None and 2 < mol.GetNumHeavyAtoms() <= most:
                found.append(mol)
    return found


def esol_like(n: int, *, seed: int, heavy_atoms: tuple[int, int]) -> list[Chem.Mol]:
    """Take molecules of ESOL, and as many new ones of their fragments; half of the aromatic ones reduced."""
    generator = np.random.default_rng(seed)
    known = datasets.load_esol()["smiles"].tolist()
    new = molecules.recombined(known, n // 2, seed=seed, heavy_atoms=heavy_atoms)
    chosen = [molecules.parse(each) for each in [*new, *generator.choice(known, n - len(new))]]
    return [_kin(mol, generator) for mol in chosen]


def _kin(mol: Chem.Mol, generator: np.random.Generator) -> Chem.Mol:
    """The molecule, or as often the same with double bonds missing in each aromatic ring."""
    if not molecules.has_aromatic_ring(mol) or generator.random() < 0.5:
        return mol
    return _reduced(mol, generator)


def _ring(generator: np.random.Generator, aromatic: bool) -> Chem.Mol:
    """One ring system or its kin: with more nitrogen, or with fewer double bonds."""
    if aromatic or generator.random() < 0.35:
        mol = Chem.MolFromSmiles(AROMATIC[generator.integers(len(AROMATIC))])
        mol = _with_nitrogen(mol, generator)
        return mol if aromatic else _reduced(mol, generator)
    return Chem.MolFromSmiles(OTHER[generator.integers(len(OTHER))])


def _with_nitrogen(mol: Chem.Mol, generator: np.random.Generator) -> Chem.Mol:
    changed = Chem.RWMol(mol)
    for atom in changed.GetAtoms():
        if (
            atom.GetIsAromatic()
            and atom.GetSymbol() == "C"
            and atom.GetTotalNumHs() == 1
            and generator.random() < 0.1
        ):
            atom.SetAtomicNum(7)
    return _sane(changed) or mol


def _reduced(mol: Chem.Mol, generator: np.random.Generator) -> Chem.Mol:
    """Take double bonds out of the rings until none is aromatic: one, if that is enough."""
    while mol is not None and any(bond.GetIsAromatic() for bond in mol.GetBonds()):
        changed = Chem.RWMol(mol)
        Chem.Kekulize(changed, clearAromaticFlags=True)
        aromatic = {bond.GetIdx() for bond in mol.GetBonds() if bond.GetIsAromatic()}
        double = [
            b
            for b in changed.GetBonds()
            if b.GetIdx() in aromatic and b.GetBondType() == Chem.BondType.DOUBLE
        ]
        if not double:  # aromatic by its carbonyl groups alone
            break
        double[generator.integers(len(double))].SetBondType(Chem.BondType.SINGLE)
        mol = _sane(changed)
    lacks = mol is not None and not any(bond.GetIsAromatic() for bond in mol.GetBonds())
    return mol if lacks else Chem.MolFromSmiles("C1CCCCC1")


def _joined(mol: Chem.Mol, linker, other, generator, *, first: bool = False) -> Chem.Mol | None:
    """Join two molecules where they have a hydrogen, by a linker; ``first``: at the other's first atom."""
    start, end = _place(mol, generator), 0 if first else _place(other, generator)
    if start is None or end is None:
        return None
    whole, last = Chem.RWMol(mol), start
    if linker is not None:
        offset = whole.GetNumAtoms()
        whole.InsertMol(linker)
        whole.AddBond(last, offset, Chem.BondType.SINGLE)
        last = offset + _end(linker)
    offset = whole.GetNumAtoms()
    whole.InsertMol(other)
    whole.AddBond(last, offset + end, Chem.BondType.SINGLE)
    for atom in (start, offset + end):
        held = whole.GetAtomWithIdx(atom)
        held.SetNumExplicitHs(max(held.GetNumExplicitHs() - 1, 0))
    return _sane(whole)


def _end(linker: Chem.Mol) -> int:
    """The last atom of the chain that a linker's SMILES writes without brackets."""
    free = [a.GetIdx() for a in linker.GetAtoms() if a.GetTotalNumHs() > 0 or a.GetSymbol() == "S"]
    chain = [
        i for i in free if linker.GetAtomWithIdx(i).GetSymbol() != "O" or i in (0, linker.GetNumAtoms() - 1)
    ]
    return chain[-1] if chain else 0


def _place(mol: Chem.Mol, generator: np.random.Generator) -> int | None:
    """An atom that has a hydrogen to give: carbons and nitrogens of rings first."""
    free = [a for a in mol.GetAtoms() if a.GetTotalNumHs() > 0 and a.GetSymbol() in ("C", "N", "B")]
    free = [a for a in free if a.IsInRing()] or free
    return free[generator.integers(len(free))].GetIdx() if free else None


def _sane(mol: Chem.Mol) -> Chem.Mol | None:
    mol = Chem.Mol(mol)
    try:
        with rdBase.BlockLogs():
            Chem.SanitizeMol(mol)
    except ValueError:
        return None
    return mol
