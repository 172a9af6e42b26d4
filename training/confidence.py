#!/usr/bin/env python3
"""Measure how often each chain of rules is right, for the confidence of quotes.

usage: confidence.py SCORER_FOLDER GOLD.jsonl FOUND.jsonl PRONOUNS_RIGHT PRONOUNS_ALL > en.confidence.toml

GOLD is labelled text and FOUND what `onrecord extract --docs -o jsonl --offsets chars` made of it.
A quote is right where its content matches (J >= 0.5) and its speaker is right, as the scorer in
SCORER_FOLDER says. Rates are counted for every beginning of a chain of rules, with and without the
kind of the speaker's words, and drawn towards the rate of the shorter chain. The scorer sees the
words that point to a speaker; PRONOUNS_RIGHT of PRONOUNS_ALL says how often a pronoun was given the
right name, and rates of pronouns are lowered by it. The curve goes to standard error."""
import collections, json, sys

sys.path.insert(0, sys.argv[1])
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


def main():
    found = {}
    for line in open(sys.argv[3], encoding="utf-8"):
        row = json.loads(line)
        found[row["id"]] = row
    share = int(sys.argv[4]) / int(sys.argv[5])
    quotes, speakers, curve, gold_count = collections.defaultdict(lambda: [0, 0]), collections.defaultdict(lambda: [0, 0]), [], 0
    for line in open(sys.argv[2], encoding="utf-8"):
        gold = json.loads(line)
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
