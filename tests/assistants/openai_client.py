"""Asks a server by OpenAI's own client: openai_client.py ADDRESS."""

import sys

import openai

client = openai.OpenAI(base_url=f"{sys.argv[1]}/v1", api_key="any word will do", max_retries=0)

QUESTIONS = [
    ("How many days does delivery take?", "en", "within 2 days"),
    ("请问多久能送到", "zh", "2 天内发货"),
    ("届くまでどのくらいかかりますか", "ja", "2日以内に発送"),
    ("배송은 얼마나 걸려요?", "ko", "2일 안에 발송"),
]


def user(content):
    return {"role": "user", "content": content}


def are_grounds(grounds, language):
    assert grounds["decision"] == "answer", grounds
    assert grounds["language"] == language, grounds
    assert 0 <= grounds["confidence"] <= 1, grounds
    [citation] = grounds["citations"]
    assert citation["article"] == "shipping-time", citation
    assert citation["address"] == f"https://tea.example/help/{language}/shipping-time", citation


models = client.models.list().data
assert [model.id for model in models] == ["mondo"], models

for question, language, part in QUESTIONS:
    whole = client.chat.completions.create(model="mondo", messages=[user(question)], temperature=0)
    message = whole.choices[0].message
    assert part in message.content, message
    are_grounds(message.mondo, language)
    content, grounds, reasons = "", None, []
    options = {"include_usage": True}
    for chunk in client.chat.completions.create(
        model="mondo", messages=[user(question)], stream=True, stream_options=options
    ):
        for choice in chunk.choices:
            content += choice.delta.content or ""
            grounds = getattr(choice.delta, "mondo", None) or grounds
            reasons.append(choice.finish_reason)
    assert content == message.content, content
    assert reasons[-1] == "stop" and not any(reasons[:-1]), reasons
    assert chunk.usage.total_tokens == 0, chunk
    are_grounds(grounds, language)

# The message is handed back as it came, with what is ours in it.
late = client.chat.completions.create(model="mondo", messages=[user("My order has not arrived")])
talk = [user("My order has not arrived"), late.choices[0].message, user("yes please")]
wish = client.chat.completions.create(model="mondo", messages=talk).choices[0].message
assert wish.mondo["reason"] == "person_requested", wish
assert "https://tea.example/help/en/write" in wish.content, wish

for wrong, error in [
    ({"model": "gpt-5"}, openai.NotFoundError),
    ({"n": 2}, openai.BadRequestError),
    ({"messages": [user([{"type": "image_url", "image_url": {"url": "https://tea.example/a.png"}}])]}, openai.BadRequestError),
]:
    try:
        client.chat.completions.create(**{"model": "mondo", "messages": [user("tea?")], **wrong})
    except error as refused:
        assert refused.type == "invalid_request_error" and refused.param and refused.body["message"], refused
    else:
        raise AssertionError(f"{wrong} was taken")

print("answers in four languages, whole and in chunks; turns before; errors")
