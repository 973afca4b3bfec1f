"""A language that the bot cannot read is recognized; English is never taken for another."""

import pytest

from bot.language import foreign_language


@pytest.mark.parametrize(
    "text, language",
    [
        ("Wie lange dauert es, bis ich mein Zertifikat bekomme?", "German"),
        ("¿Cómo puedo abrir un ticket para la academia?", "Spanish"),
        ("Combien de temps faut-il pour recevoir le certificat ?", "French"),
        ("Hoe lang duurt het voordat ik mijn certificaat krijg?", "Dutch"),
        ("Как долго ждать сертификат?", "Russian"),
        ("証明書はいつ届きますか", "Japanese"),
        ("证书需要多长时间", "Chinese"),
    ],
)
def test_another_language_is_named(text, language):
    assert foreign_language(text, ()) == language


@pytest.mark.parametrize(
    "text",
    [
        "How long does it take to get my certificate?",
        "sla premium price",
        "who supports logs on SAP BTP",
        "das kapital",
        "what does Über die Brücke cost",
        "Error 0x80070005 at boot",
        "42",
        "café résumé naïve",
        "is the Mendix data hub in die cut app",
        "Ω resistance of the cable",
        "extended support cost per app or per company",
        "www.myname.com opens fine, myname.com doesnt. why?",
        "price of .de, .es and .se domains",
        "do u want the logs, do u?",
    ],
)
def test_english_names_and_codes_are_no_other_language(text):
    assert foreign_language(text, ()) is None


def test_the_documentation_s_own_language_is_not_foreign():
    words = {"wie", "lange", "es", "bis", "ich", "mein", "dauert"}
    assert foreign_language("Wie lange dauert es, bis ich mein Geld sehe?", words) is None
