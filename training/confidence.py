#!/usr/bin/env python3
"""Measure how often each chain of rules is right, for the confidence of quotes.

usage: confidence.py [ONRECORD] > crates/extract/packs/en.confidence.toml

Runs ONRECORD (target/release/onrecord) over the labelled news that lies outside the repository
(../shared, or ONRECORD_EVAL_DATA): PolNeAR and the labels of training/labels. A quote is right where
its content matches (J >= 0.5) and its speaker is right, as the scorer there says. Rates are counted
for every beginning of a chain of rules, with and without the kind of the speaker's words, and drawn
towards the rate of the shorter chain. The scorer sees the words that point to a speaker; how often a
pronoun was given the right name is counted on our own labels, and rates of pronouns are lowered by
it. The curve goes to standard error."""
import collections, glob, json, os, subprocess, sys, tempfile

DATA = os.environ.get("ONRECORD_EVAL_DATA", "../shared")
SCORER = os.path.join(DATA, "eval/quotes")
LABELS = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "labels/*.jsonl")))
sys.path.insert(0, SCORER)
import score
from quotelib import quoted_mask

LEAST, DRAW = 25, 15.0


def judged(gold, found):
    """(chain, kind, content is right, all is right, confidence) of every quote found."""
    text, mask = gold["text"], quoted_mask(gold["text"])
    kept = score.prep(text, mask, [q for q in gold["quotes"] if q.get("speech", True)])
    left = score.prep(text, mask, [q for q in gold["quotes"] if not q.get("speech", True)])
    quotes = score.prep(text, mask, found["quotes"])
    _, partner = score.pair(kept, quotes, 0.5)
    for place, (quote, words, _) in enumerate(quotes):
        if place not in partner and any(len(words & w) >= 0.2 * len(words | w) or len(words & w) >= 0.7 * len(words) for _, w, _ in left):
            continue
        chain = [rule for rule in quote["rules"] if not rule.startswith("pronoun stands for")]
        match = kept[partner[place]][0] if place in partner else None
        if match is None:
            right = False
        elif match.get("speaker"):
            right = bool(quote.get("speaker")) and score.same_surface(text, match, quote)
        else:
            right = not quote.get("speaker")
        yield chain, quote.get("speaker_kind") or "nobody", match is not None, right, quote["confidence"]


def labelled():
    """Our labels, joined with the text that they point into, as the scorer reads them."""
    texts = {}
    for line in open(os.path.join(DATA, "data/voa/english.jsonl"), encoding="utf-8"):
        row = json.loads(line)
        texts[row["id"]] = row["text"]
    for line in (line for path in LABELS for line in open(path, encoding="utf-8")):
        row = json.loads(line)
        if "quotes" not in row:  # labels of names alone
            continue
        text, names = texts[row["id"]], collections.defaultdict(set)
        for entity in row["entities"]:
            names[entity["cluster"]].add(text[entity["start"] : entity["end"]])
        for quote in row["quotes"]:
            quote["content_spans"], quote["cue_spans"] = quote["content"], []
            quote["speaker_spans"] = quote["speaker"]
            quote["speaker"] = text[slice(*quote["speaker"][0])] if quote["speaker"] else None
            name = quote.get("names") if quote.get("speech", True) and quote["speaker"] else None
            quote["speaker_canonical"] = text[slice(*name)] if name else None
            hit = [e["cluster"] for e in row["entities"] if name and e["start"] < name[1] and e["end"] > name[0]]
            quote["speaker_aliases"] = sorted(names[hit[0]]) if hit else []
        yield {"id": row["id"], "lang": "en", "source": "voa", "text": text, "quotes": row["quotes"]}


def read(onrecord, rows):
    """What the program makes of the rows, by id; and both as lines."""
    gold = "".join(json.dumps(row) + "\n" for row in rows)
    command = [onrecord, "extract", "--docs", "-o", "jsonl", "--offsets", "chars"]
    found = subprocess.run(command, input=gold, capture_output=True, text=True, check=True).stdout
    return {row["id"]: row for row in map(json.loads, found.splitlines())}, gold, found


def pronouns(gold, found):
    """How many pronouns were given the right name, and how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("gold.jsonl", "found.jsonl")]
        for path, lines in zip(paths, (gold, found)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(lines)
        command = [sys.executable, os.path.join(SCORER, "score.py"), *paths, "--speech", "--json"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(told)["scores"]["all"]["pron"]


def main():
    onrecord = sys.argv[1] if len(sys.argv) > 1 else "target/release/onrecord"
    own = list(labelled())
    with open(os.path.join(SCORER, "dev.jsonl"), encoding="utf-8") as file:
        news = [row for row in map(json.loads, file) if row["source"].startswith("polnear")]
    right, asked = pronouns(*read(onrecord, own)[1:])
    share = right / asked
    rows = news + own
    found = read(onrecord, rows)[0]
    quotes, speakers, curve, gold_count = collections.defaultdict(lambda: [0, 0]), collections.defaultdict(lambda: [0, 0]), [], 0
    for gold in rows:
        gold_count += sum(q.get("speech", True) for q in gold["quotes"])
        for chain, kind, matched, right, sure in judged(gold, found[gold["id"]]):
            curve.append((sure, right))
            for end in range(len(chain) + 1):
                for key in (" > ".join(chain[:end]), " > ".join(chain[:end]) + " | " + kind):
                    quotes[key][0] += 1
                    quotes[key][1] += right
            if matched:
                for key in ("", kind):
                    speakers[key][0] += 1
                    speakers[key][1] += right
    total = quotes[""][1] / quotes[""][0]

    def rate(key):
        chain, _, kind = key.partition(" | ")
        n, right = quotes[key]
        if not key:
            return total
        parent = chain if kind else " > ".join(chain.split(" > ")[:-1])
        return (right + DRAW * rate(parent)) / (n + DRAW)

    print("# How often each chain of rules was right on labelled news; made by training/confidence.py.\n[quotes]")
    for key in sorted(quotes):
        if quotes[key][0] >= LEAST:
            value = rate(key) * (share if key.endswith("| pronoun") else 1.0)
            print(f'"{key}" = {value:.3f}')
    print("\n[speakers]")
    for kind in sorted(speakers):
        n, right = speakers[kind]
        if n >= LEAST:
            print(f'"{kind}" = {right / n * (share if kind == "pronoun" else 1.0):.3f}')
    curve.sort(reverse=True)
    for limit in (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        kept = [right for sure, right in curve if sure >= limit]
        if kept:
            p, r = sum(kept) / len(kept), sum(kept) / gold_count
            print(f"{limit:.2f} {len(kept)} {100 * p:.1f} {100 * r:.1f} {200 * p * r / (p + r):.1f}", file=sys.stderr)


main()
