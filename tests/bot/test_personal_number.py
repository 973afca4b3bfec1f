"""Cards, IBANs and national ids are found by their check digits and by the words beside them."""

import pytest

from bot.personal_number import find_personal_numbers


def found(text: str) -> list[str]:
    return [text[start:end] for _, start, end in find_personal_numbers(text)]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("my card 4111111111111111", ["4111111111111111"]),
        ("5555-5555-5555-4444 was refused", ["5555-5555-5555-4444"]),
        ("Karte 3782 822463 10005 (CVC 1234)", ["3782 822463 10005", "1234"]),
        ("tarjeta: 6011 1111 1111 1117 cvv 123 caduca 11/27", ["6011 1111 1111 1117", "123"]),
        ("pay by 30569309025904?", ["30569309025904"]),
        ("in 2025 4111 I used 4111 1111 1111 1111.", ["4111 1111 1111 1111"]),
        ("Please charge my card 4012 8888 8888 1881 for the exam", ["4012 8888 8888 1881"]),
        ("Visa 4111-1111-1111-1111 exp 09/27 was declined", ["4111-1111-1111-1111"]),
        ("Kreditkarte: 5105105105105100", ["5105105105105100"]),
        ("tarjeta 2223 0031 2200 3222, caducidad 12/26", ["2223 0031 2200 3222"]),
        ("amex 3714 496353 98431", ["3714 496353 98431"]),
        ("I paid with 6011000990139424 yesterday but no voucher came", ["6011000990139424"]),
    ],
)
def test_a_card_is_found_in_each_way_of_writing_it(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("IBAN NL91 ABNA 0417 1643 00 please", ["NL91 ABNA 0417 1643 00"]),
        ("DE89370400440532013000, BIC COBADEFFXXX", ["DE89370400440532013000"]),
        ("cuenta ES91 2100 0418 4502 0005 1332", ["ES91 2100 0418 4502 0005 1332"]),
        ("GB29 NWBK 6016 1331 9268 19", ["GB29 NWBK 6016 1331 9268 19"]),
        ("fr1420041010050500013m02606 for refunds", ["fr1420041010050500013m02606"]),
        ("Refund to GB29 NWBK 6016 1331 9268 19 please", ["GB29 NWBK 6016 1331 9268 19"]),
        ("IBAN: BE68539007547034", ["BE68539007547034"]),
        (
            "Meine IBAN lautet DE89 3704 0044 0532 0130 00 bei der Commerzbank",
            ["DE89 3704 0044 0532 0130 00"],
        ),
        ("transferir a ES91 2100 0418 4502 0005 1332 gracias", ["ES91 2100 0418 4502 0005 1332"]),
        ("nl rekening NL20INGB0001234567 voor de factuur", ["NL20INGB0001234567"]),
    ],
)
def test_an_iban_is_found_with_and_without_gaps(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("SSN: 123-45-6789", ["123-45-6789"]),
        ("social security number 536 90 4399", ["536 90 4399"]),
        ("BSN 111222333", ["111222333"]),
        ("mijn bsn is 1234.56.782", ["1234.56.782"]),
        ("Steuer-ID: 36574261809", ["36574261809"]),
        ("Die steuerliche Identifikationsnummer lautet 47 036 892 816", ["47 036 892 816"]),
        ("DNI: 12345678Z", ["12345678Z"]),
        ("mi dni 12.345.678-z", ["12.345.678-z"]),
        ("NIE X2482300W", ["X2482300W"]),
        ("my national insurance number: AB 12 34 56 C", ["AB 12 34 56 C"]),
        ("NINO ab123456c", ["ab123456c"]),
        ("My social security number is 536-90-4399", ["536-90-4399"]),
        ("SSN 536904399 is shown in the logs of the app", ["536904399"]),
        ("my bsn: 123456782", ["123456782"]),
        ("burgerservicenummer 1112.22.333 staat in de export", ["1112.22.333"]),
        ("Meine Steuer-ID ist 36 574 261 809", ["36 574 261 809"]),
        ("Steueridentifikationsnummer: 86095742719", ["86095742719"]),
        ("mi DNI es 54362315K", ["54362315K"]),
        ("NIE X-2482300-W", ["X-2482300-W"]),
        ("National Insurance number JG 10 37 59 A", ["JG 10 37 59 A"]),
        ("NINO: AB123456C", ["AB123456C"]),
    ],
)
def test_a_national_id_is_found_beside_its_name(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("charge it to 4242424242424242 12/28", ["4242424242424242"]),
        ("MasterCard: 5454 5454 5454 5454, name J Doe", ["5454 5454 5454 5454"]),
        ("mijn IBAN is NL02ABNA0123456789 t.n.v. Jansen", ["NL02ABNA0123456789"]),
        ("SSN is 219-09-9999", ["219-09-9999"]),
        ("Her social security number (078051120) is in the log", ["078051120"]),
        ("BSN nummer 999996915 wordt gelogd", ["999996915"]),
        ("DNI 00000000T no aparece", ["00000000T"]),
        ("Identifikationsnummer 65 929 970 489", ["65 929 970 489"]),
        ("NI number PX123456D", ["PX123456D"]),
        ("card no 4000 0566 5566 5556 cvc 314", ["4000 0566 5566 5556", "314"]),
        ("IBAN AT: AT61 1904 3002 3457 3201", ["AT61 1904 3002 3457 3201"]),
        ("my SSN (123-45-6789) shows in the page source", ["123-45-6789"]),
    ],
)
def test_numbers_in_ordinary_messages_are_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    "text",
    [
        "card 4111 1111 1111 1112",
        "card 1111 2222 3333 4444",
        "IBAN DE88 3704 0044 0532 0130 00",
        "IBAN XX89 3704 0044 0532 0130 00",
        "BSN 123456789",
        "Steuer-ID 36574261808",
        "DNI 12345678A",
        "NIE X2482300A",
        "SSN 000-12-3456",
        "NINO BG123456C",
    ],
)
def test_a_number_whose_check_fails_is_left(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["111222333", "36574261809", "AB123456C", "536904399", "12345678z"]
)
def test_a_number_that_could_be_anything_is_left_without_a_word_that_names_it(text):
    assert found(f"It failed for {text} again") == []


@pytest.mark.parametrize("text", ["536-90-4399", "12345678Z", "X2482300W", "AB 12 34 56 C"])
def test_a_number_that_can_be_nothing_else_needs_no_name(text):
    assert found(f"It failed for {text} again") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "order number 4111111111111111",
        "Auftragsnummer: 4111111111111111",
        "object id 4111111111111111",
        "ticket 536-90-4399",
    ],
)
def test_a_number_that_is_named_as_something_else_is_left(text):
    assert found(text) == []
