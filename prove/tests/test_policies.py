"""Policy documents are read as IAM reads them, and a wildcard is never underestimated."""

import json

import pytest

from prove.policies import parse, within


def test_a_document_is_read_whatever_form_its_elements_have() -> None:
    document = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": ["a", "b"], "Service": "c"},
            "Action": "s3:GetObject",
            "Resource": ["x", "y"],
            "Condition": {"Bool": {"aws:SecureTransport": True}, "StringEquals": {"k": ["v", "w"]}},
        }
    }
    for form in (document, json.dumps(document)):
        (statement,) = parse(form)
        assert statement.principals == ("AWS:a", "AWS:b", "Service:c")
        assert statement.actions == ("s3:GetObject",)
        assert statement.values_of("K", "StringEquals") == ("v", "w")
        assert statement.values_of("k", "StringLike") is None
        assert statement.values_of("aws:securetransport", "Bool") == ("true",)
        assert not statement.excludes


@pytest.mark.parametrize("element", ["NotAction", "NotResource", "NotPrincipal"])
def test_an_excluding_element_is_recognised(element: str) -> None:
    (statement,) = parse({"Statement": [{"Effect": "Allow", element: "a"}]})
    assert statement.excludes
    assert "all but" in str(statement)


@pytest.mark.parametrize("document", ["[]", '{"Statement": "all"}', "{"])
def test_an_invalid_document_is_refused(document: str) -> None:
    with pytest.raises(ValueError):
        parse(document)


def test_no_document_allows_nothing() -> None:
    assert parse(None) == parse("") == ()


@pytest.mark.parametrize(
    ("pattern", "limit", "expected"),
    [
        ("a:b", "a:b", True),
        ("a:*", "a:*", True),
        ("a:b*", "a:*", True),
        ("a:*", "a:b*", False),
        ("a:*", "a:?", False),
        ("*", "a:*", False),
        ("a:b", "a:?", True),
    ],
)
def test_a_pattern_is_within_a_limit_only_if_the_limit_matches_all_of_it(
    pattern: str, limit: str, expected: bool
) -> None:
    assert within(pattern, limit) is expected
