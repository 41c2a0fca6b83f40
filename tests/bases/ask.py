"""Asks a running mondo the questions of a base and counts what a visitor would have met.

    tests/bases/fetch /tmp/bases
    mondo serve --kb /tmp/bases/kb/letsencrypt --data /tmp/bases/data --listen 127.0.0.1:8101
    python3 tests/bases/ask.py letsencrypt http://127.0.0.1:8101 [--show] [--lines FILE]

Wait until every encoder has read the base (the log says so), or the first encoder answers alone.

right: answered with an article that answers. offered: options with one among them. wrong: answered with another, or at
all where the base has no answer. left: handed to a person or asked back; right where the base has no answer, whether
options are shown or not. shown: of the right answers, those whose text has one of the words that a passage that answers
must have; --show prints every text, to be judged by reading.
"""
import argparse
import collections
import json
import pathlib
import urllib.request

QUESTIONS = pathlib.Path(__file__).with_name("questions.tsv")


def questions(base):
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        of, language, pages, holds, text = line.split("\t")
        if of == base:
            pages = [] if pages == "-" else pages.split(",")
            yield {"language": language, "pages": pages, "holds": [word for word in holds.split("|") if word], "text": text}


def ask(server, question):
    body = json.dumps({"text": question["text"]}).encode()
    request = urllib.request.Request(server + "/v1/ask", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)




def is_of(article, pages):
    return any(article == page or article.endswith("-" + page) for page in pages)


def judge(question, reply):
    answer, options = reply["answer"], [option["article"] for option in reply["options"]]
    answered = reply["decision"] == "answer"
    pages = question["pages"]
    if not pages:
        return "wrong" if answered else "right"
    if answered:
        return "right" if is_of(answer["article"], pages) else "wrong"
    return "offered" if any(is_of(option, pages) for option in options) else "left"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("base")
    arguments.add_argument("server")
    arguments.add_argument("--show", action="store_true")
    arguments.add_argument("--lines")
    arguments = arguments.parse_args()
    counts = collections.defaultdict(collections.Counter)
    lines = []
    for question in questions(arguments.base):
        reply = ask(arguments.server, question)
        verdict = judge(question, reply)
        answer = reply["answer"] if reply["decision"] == "answer" else None
        shown = None
        if answer and question["pages"] and verdict == "right" and question["holds"]:
            text = (answer.get("passage") or {}).get("markdown") or answer["text"]
            shown = any(word.lower() in text.lower() for word in question["holds"])
        lines.append({**question, "base": arguments.base, "verdict": verdict, "shown": shown, "reply": reply})
        for key in (question["language"], "all"):
            count = counts[key]
            count["asked"] += 1
            count["in" if question["pages"] else "out"] += 1
            count[verdict] += 1
            count["answered"] += bool(answer)
            count["answered right"] += bool(answer) and verdict == "right"
            count["judged"] += shown is not None
            count["shown"] += bool(shown)
        if arguments.show:
            options = [option["article"] for option in reply["options"]]
            said = f"{answer['article']}: {answer['text']!r}" if answer else f"{reply['decision']} {options}"
            print(f"{verdict} {reply['confidence']:.2f} {question['language']} {question['text']} | {question['pages']} | {said}")
    if arguments.lines:
        with open(arguments.lines, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    for key, count in sorted(counts.items()):
        print(
            f"{arguments.base} {key}: {count['asked']} asked ({count['out']} without an answer): {count['right']} right, "
            f"{count['offered']} offered, {count['left']} left, {count['wrong']} wrong; {count['answered']} answered, "
            f"{count['answered right']} of them right; {count['shown']} of {count['judged']} show what answers"
        )


if __name__ == "__main__":
    main()
