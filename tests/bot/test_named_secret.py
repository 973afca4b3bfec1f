"""A value is secret where a name says so; talk about passwords and keys is no secret."""

import pytest

from bot.named_secret import find_named_secrets


def found(text: str) -> list[str]:
    return [text[start:end] for _, start, end in find_named_secrets(text)]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("my password is hunter2", ["hunter2"]),
        ("pw: x", ["x"]),
        ("Hello, I cannot log in. My password is swordfish.", ["swordfish"]),
        ("Password: Tr0ub4dor&3", ["Tr0ub4dor&3"]),
        ("user: anna@acme.com, password: blue-Whale7, app: Orders", ["blue-Whale7"]),
        ("my pwd is kitty and it says access denied", ["kitty"]),
        ("The admin password (acceptance) is Acc3pt!", ["Acc3pt!"]),
        ("The password for the test user is P@ssw0rd", ["P@ssw0rd"]),
        ("password of jan@acme.nl: Fiets123", ["Fiets123"]),
        ("I reset my password to Welcome2024! but it does not work", ["Welcome2024!"]),
        ("it was Summer#19 as password before", ["Summer#19"]),
        ("Old passwords were Winter23 and Summer24", ["Winter23", "Summer24"]),
        ("Login: admin\nPassword:\nk7Jd!wq2\nthanks", ["k7Jd!wq2"]),
        ("**Password:** letmein", ["letmein"]),
        ("| Password | Qwe123rty |", ["Qwe123rty"]),
        ('password = "my secret phrase"', ["my secret phrase"]),
        ("The passphrase is correct horse battery staple.", ["correct horse battery staple"]),
        ("log in with bob / hunter22! please", ["hunter22!"]),
        ("creds: admin:Sup3rS3cret", ["Sup3rS3cret"]),
        ("I logged in with password abc12345 and got a blank page", ["abc12345"]),
        ("passcode: 998877", ["998877"]),
        ("My PIN is 4711.", ["4711"]),
        ('use pw "g3h31m" for the zip', ["g3h31m"]),
        ("password is 123456", ["123456"]),
        ("My password was Aa!45678, now it is rejected", ["Aa!45678"]),
        ("SuperAdmin / password: 1", ["1"]),
        ("pass is banana42", ["banana42"]),
        (
            "Hi team, I can't get into the planner app. User is jan.devries@acme.nl and my "
            "password is Zomer2025! - can you check?",
            ["Zomer2025!"],
        ),
        (
            "pwd for the acceptance admin is Qx7-lamp-09, please keep it to yourselves",
            ["Qx7-lamp-09"],
        ),
        ("Password = correcthorse99", ["correcthorse99"]),
        ("the temp pw (Welkom01) that you gave me expired after a day", ["Welkom01"]),
        (
            "I changed the password from Spring2024 to Autumn2024 yesterday and since then "
            "the mail module fails",
            ["Spring2024", "Autumn2024"],
        ),
        ("you can log in with demo_user / dEm0!pass to see the error", ["dEm0!pass"]),
        (
            "credentials:\nusername: tester\npassword: t3st3r#1\nurl: "
            "https://acme-test.acmecloud.com",
            ["t3st3r#1"],
        ),
        ("My PIN is 8273 and the app does not accept it", ["8273"]),
        ("pass: monkey", ["monkey"]),
        (
            "The passphrase for the keystore is purple monkey dishwasher.",
            ["purple monkey dishwasher"],
        ),
        ("S3cr3tSquirrel is my password, it worked until Friday", ["S3cr3tSquirrel"]),
        ('Use the password "open sesame" for the attached zip.', ["open sesame"]),
        ("My password: rosebud. It no longer works after the upgrade to 10.18.", ["rosebud"]),
        ("we set SuperAdmin's password to Bl@ckbird77 on all three nodes", ["Bl@ckbird77"]),
        (
            "hey, quick one: cannot sign in to planner, pw Zx9kitten user "
            "p.jansen@acme.com, any idea?",
            ["Zx9kitten"],
        ),
        (
            "The initial password you sent us was Mx!start01 but the portal wants a new one",
            ["Mx!start01"],
        ),
        ("Account: svc-acme@acme.com\nPass: Gr33nTea!!\nTenant: acme-prod", ["Gr33nTea!!"]),
        ("we use Tulip2023 as the database password in all environments", ["Tulip2023"]),
        ("Username/password for the test environment: tester / Qwerty!23", ["Qwerty!23"]),
        ("Kindly reset. Old password: sunflower", ["sunflower"]),
        ("I typed my password aB3$xyz five times and the account got locked", ["aB3$xyz"]),
        ("you can use this login: demo@acme.com / Demo#2025", ["Demo#2025"]),
        ("password for SuperAdmin is 0nlyAdm1n (acceptance only!)", ["0nlyAdm1n"]),
        ("The DB password is: k@rm4Police", ["k@rm4Police"]),
        ("PIN code: 904512", ["904512"]),
        ("my PUK code is 12345678", ["12345678"]),
        ("mTAN: 482913", ["482913"]),
        ("my OTP is 482913", ["482913"]),
        ("my passwort is Winter!Berg", ["Winter!Berg"]),
        ("Passwords: Alpha1234, Beta5678", ["Alpha1234", "Beta5678"]),
        ("the wifi password = guest-2024", ["guest-2024"]),
        (
            "Password changed to 'Fall_2025' on 2025-10-01, still getting 401 on "
            "https://acme.acmecloud.com/login",
            ["Fall_2025"],
        ),
    ],
)
def test_a_password_said_in_english_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("Mein Passwort ist Sommer2024", ["Sommer2024"]),
        ("Passwort: geheim", ["geheim"]),
        ("Das Kennwort lautet schmetterling.", ["schmetterling"]),
        ("Ich melde mich mit Passwort Katze!99 an", ["Katze!99"]),
        ("Passwort für den Admin ist xK4-pp", ["xK4-pp"]),
        ("Anmeldedaten: test.user / Hund2024", ["Hund2024"]),
        ("Benutzername: otto, Passwort: Otto1; Fehler 401", ["Otto1"]),
        ("Passwort auf Neu2025! gesetzt", ["Neu2025!"]),
        ("Mit dem Passwort „Blaue Blume“ komme ich nicht rein", ["Blaue Blume"]),
        (
            "Hallo, mein Passwort lautet Frühling2025 und ich komme nicht mehr rein",
            ["Frühling2025"],
        ),
        ("Benutzer: mueller\nKennwort: Apfelbaum!7", ["Apfelbaum!7"]),
        ("Das Passwort für den Testbenutzer ist geheim123, bitte prüfen.", ["geheim123"]),
        ("PW ist abcD-4412", ["abcD-4412"]),
        ("Zugangsdaten: admin / Regen$chirm8", ["Regen$chirm8"]),
        ("Ich habe das Passwort auf Neustart99! geändert, trotzdem kommt 401.", ["Neustart99!"]),
        ("Bitte setzen Sie das Passwort zurück, aktuell ist es: Passwort= Herbst24", ["Herbst24"]),
        ("Login-Daten: user01 / Start#123", ["Start#123"]),
        ("Mit dem Kennwort Wolke7wolke klappt es auf dem Server app01 nicht", ["Wolke7wolke"]),
        ("Das neue Passwort ist: Kaffee&Kuchen", ["Kaffee&Kuchen"]),
    ],
)
def test_a_password_said_in_german_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("Mi contraseña es gatito99", ["gatito99"]),
        ("contraseña: secreta1", ["secreta1"]),
        ("Contraseña: mariposa", ["mariposa"]),
        ("La contraseña del usuario es Madrid#1", ["Madrid#1"]),
        ("He cambiado la contraseña a Barcelona92", ["Barcelona92"]),
        ("credenciales: admin / Flor3s!", ["Flor3s!"]),
        ("clave: abc-9981", ["abc-9981"]),
        ("Hola, mi contraseña es Verano2025 y no puedo entrar", ["Verano2025"]),
        ("usuario: garcia, contraseña: perro_gato4", ["perro_gato4"]),
        ("La clave de acceso es mx-8841-zz", ["mx-8841-zz"]),
        ("Cambié la contraseña a NuevoAno25 y ahora no funciona", ["NuevoAno25"]),
        ("Contrasena Toledo1492 para el usuario demo", ["Toledo1492"]),
        ("La contraseña de la base de datos es Sevilla_88", ["Sevilla_88"]),
        ("usuario admin contraseña Admin2024*", ["Admin2024*"]),
        ("Mi contraseña era luna1234 y ya no sirve", ["luna1234"]),
    ],
)
def test_a_password_said_in_spanish_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("Password for the test environment: Sommer24!", ["Sommer24!"]),
        ("password for our environment: Sommer24", ["Sommer24"]),
        ("The MxAdmin password of our node: Sommer24!", ["Sommer24!"]),
        ("Passwort für unsere Umgebung: Sommer24!", ["Sommer24!"]),
        ("Kennwort der Anwendung: Berg2024", ["Berg2024"]),
        ("Contraseña de la aplicación: Verano24!", ["Verano24!"]),
        ("password for app: Orders#77", ["Orders#77"]),
        ("password for the user bob42x: Fiets123", ["Fiets123"]),
    ],
)
def test_a_password_is_found_after_what_it_is_for(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    "text",
    [
        "password for user: bob42x",
        "password for the user: bob42x",
        "password for app: shop-prod1",
        "password for our environment: acme-prod-01",
        "password for the app: not accepted",
        "password for the app: error 500",
        "Passwort für Benutzer: mueller42",
        "contraseña de la cuenta: garcia42",
    ],
)
def test_what_a_password_is_for_is_no_secret(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        (
            "The admin password has been changed from Winter2024! to Sommer2025!",
            ["Winter2024!", "Sommer2025!"],
        ),
        (
            "The password of our app was reset yesterday from Winter24 to Sommer25",
            ["Winter24", "Sommer25"],
        ),
        (
            "Das Passwort wurde von Winter24! auf Sommer25! geändert",
            ["Winter24!", "Sommer25!"],
        ),
        (
            "La contraseña ha sido cambiada de Invierno24 a Verano25",
            ["Invierno24", "Verano25"],
        ),
        ("The minimum length of a password was changed from 8 to 12 characters", []),
        ("The password reset fails since we moved from srv-db01 to srv-db02", []),
    ],
)
def test_a_change_of_a_password_gives_both(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("DB_PASSWORD=hunter2", ["hunter2"]),
        ("db.password: hunter", ["hunter"]),
        ("spring.mail.password=mail-pw", ["mail-pw"]),
        ('password: "abc"', ["abc"]),
        ('{"user": "x", "password": "y"}', ["y"]),
        ('{\\"password\\": \\"y1z2\\"}', ["y1z2"]),
        ("DatabasePassword = 'p'", ["p"]),
        ('<property name="hibernate.connection.password">dbpw</property>', ["dbpw"]),
        ('<add name="Password" value="qqq"/>', ["qqq"]),
        ("--password foo --user bar", ["foo"]),
        ("--db-password=foo99", ["foo99"]),
        ("APP_ADMIN_PASS=abcdef", ["abcdef"]),
        ("RUNTIME_DatabasePassword: db99", ["db99"]),
        ('dbPassword := "zap"', ["zap"]),
        ("ADMIN_PASSWORD: changeme", ["changeme"]),
        ("DatabasePassword: 'd4tab4se'", ["d4tab4se"]),
        ("export DB_PASSWORD=kX92mmPq", ["kX92mmPq"]),
        ("spring.datasource.password=secretsauce", ["secretsauce"]),
        ('"admin_pass": "Adm1n-xyz",', ["Adm1n-xyz"]),
        ('<add key="SmtpPassword" value="mailpass7" />', ["mailpass7"]),
        ("<password>topsecret</password>", ["topsecret"]),
        ("builder --username builder --password bld99X --target deploy", ["bld99X"]),
        ("ALTER USER acme WITH PASSWORD 'n3wpass';", ["n3wpass"]),
        ("MX_ADMIN_PASS=Passw0rd! docker run acme/app", ["Passw0rd!"]),
        ("ldap.bind.credentials=Ld4pB1nd", ["Ld4pB1nd"]),
        ("APP_ADMIN_PASS: jjf83-dkkA", ["jjf83-dkkA"]),
        ('keyStorePassword="changeit" keystoreFile="/opt/tomcat/conf/keystore.jks"', ["changeit"]),
        ('{"username":"bob","password":"p@ss\\"word","remember":true}', ['p@ss\\"word']),
        ('SMTP_PASSWORD="mail!pass"', ["mail!pass"]),
        ('"DatabasePassword": "hJ7-kk", "DatabaseUserName": "mx"', ["hJ7-kk"]),
        ("wget --user=bob --password='s3same' https://acme.com/f.zip", ["s3same"]),
        ("PGPASSWORD=pgpw psql -h db01 -U acme -c 'select 1'", ["pgpw"]),
        ("ldapPassword => ldp99x", ["ldp99x"]),
        (
            "<connectionString>Server=db;Database=mx;User=sa;Password=Sa_2025</connectionString>",
            ["Sa_2025"],
        ),
        ('MicroflowConstants: \'{"Email.SMTPPassword": "em41l", "App.Timeout": "30"}\'', ["em41l"]),
        (
            "com.acme.core.StorageSecretAccessKey: uV8bQ3nR6tYw9zB2cF5hG7jK0mN4pS1xLdEaTiOy",
            ["uV8bQ3nR6tYw9zB2cF5hG7jK0mN4pS1xLdEaTiOy"],
        ),
        ("jdbc:mysql://db:3306/mx?user=root&password=toor&useSSL=false", ["toor"]),
        ("Data Source=srv;Initial Catalog=mx;User Id=sa;Password=abc;Connect Timeout=30", ["abc"]),
        ("Server=srv;Uid=mx;Pwd=mxpwd;Database=mx", ["mxpwd"]),
        ("https://api.example.com/v2?access_token=d41d8cd98f00b204e980", ["d41d8cd98f00b204e980"]),
        ("GET /rest?apikey=k3yk3yk3y1&format=json", ["k3yk3yk3y1"]),
        (
            "jdbc:sqlserver://sql01:1433;databaseName=mx;user=sa;password=Str0ng!Pwd;encrypt=true",
            ["Str0ng!Pwd"],
        ),
        (
            "Server=tcp:acme.database.windows.net,1433;Database=mx;User "
            "ID=mxuser;Password=Hf93!kdLq2;Encrypt=True;",
            ["Hf93!kdLq2"],
        ),
        (
            "https://api.acme.com/v1/orders?api_key=9f8a7b6c5d4e3f2a1b0c&limit=10 gives 500",
            ["9f8a7b6c5d4e3f2a1b0c"],
        ),
        ("jdbc:postgresql://10.1.2.3/mx?user=mx&password=letmein1&ssl=true", ["letmein1"]),
    ],
)
def test_a_password_in_settings_code_and_addresses_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        (
            "Good morning, since the migration my login fails. login name: k.meier, "
            "current password: Rhein-Ufer9. Thx",
            ["Rhein-Ufer9"],
        ),
        ("password (temporary): Temp#4491", ["Temp#4491"]),
        ("Tried both 'password: blueberry' and SSO, neither works", ["blueberry"]),
        ("The service account's password, Yx7!kkpq, is rejected by LDAP", ["Yx7!kkpq"]),
        ("Our FTP: host ftp.acme.com user mx pass ftp4acme", ["ftp4acme"]),
        ("After changing password to Nov2025$$ I get HTTP 403", ["Nov2025$$"]),
        ("pw=tiger user=scott", ["tiger"]),
        ("Unser Admin-Kennwort (Produktion) lautet: Zugspitze2962", ["Zugspitze2962"]),
        ("Kennwort für Benutzer schulz@firma.de: Brezel44", ["Brezel44"]),
        ("la contraseña para admin es Torero77 en producción", ["Torero77"]),
        ("contraseña=tortilla", ["tortilla"]),
        ('- name: DB_PASSWORD\n  value: "s3cret-db"', ["s3cret-db"]),
        ("keystore.password=storepass\nkeystore.path=/opt/ks.jks", ["storepass"]),
        ("SMTP user noreply@acme.com / password M41l-out", ["M41l-out"]),
        (
            "x-functions-key: Zk3jQ9vLmN8pRsT5uVwXyZ1aB4cD6eF2gH==",
            ["Zk3jQ9vLmN8pRsT5uVwXyZ1aB4cD6eF2gH=="],
        ),
        (
            "Api-Key d8f7a6b5c4e3f2a1b0c9d8e7f6a5b4c3 returned invalid key",
            ["d8f7a6b5c4e3f2a1b0c9d8e7f6a5b4c3"],
        ),
        ("here's the token we use: mdx_9fKq72LmPz84XtRw01VbNc56", ["mdx_9fKq72LmPz84XtRw01VbNc56"]),
        (
            "accessToken: 'a81bc81b-dead-4e5d-abff-90865d1e13b1'",
            ["a81bc81b-dead-4e5d-abff-90865d1e13b1"],
        ),
    ],
)
def test_a_secret_in_the_middle_of_a_message_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("api key: abcd1234efgh5678", ["abcd1234efgh5678"]),
        ("API_KEY=0123456789abcdef0123456789abcdef", ["0123456789abcdef0123456789abcdef"]),
        ("My API key is Zx81kk29PQ77mm03.", ["Zx81kk29PQ77mm03"]),
        ('"client_secret": "supersecret123"', ["supersecret123"]),
        ("token: ZXhhbXBsZXRva2VuMTIzNDU2", ["ZXhhbXBsZXRva2VuMTIzNDU2"]),
        ('header "Authorization": "token 98aa77bb66cc55dd"', ["98aa77bb66cc55dd"]),
        ("X-Api-Key: aabbccddeeff0011", ["aabbccddeeff0011"]),
        ("personal access token kjh34kjh5kjh6kjh7kjh8 does not work", ["kjh34kjh5kjh6kjh7kjh8"]),
        ("API-Schlüssel: 99kk88jj77hh66gg", ["99kk88jj77hh66gg"]),
        ("clave API: 99kk88jj77hh66gg", ["99kk88jj77hh66gg"]),
        ("token de acceso: aa11bb22cc33dd44", ["aa11bb22cc33dd44"]),
        (
            "AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTIzNDU2Nzg5MA==;EndpointSuffix=c"
            "ore.windows.net",
            ["c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTIzNDU2Nzg5MA=="],
        ),
        (
            "our api key 550e8400-e29b-41d4-a716-446655440000 is refused",
            ["550e8400-e29b-41d4-a716-446655440000"],
        ),
        ("API key: 550e8400-e29b-41d4-a716-446655440000", ["550e8400-e29b-41d4-a716-446655440000"]),
        ("secret=a8f5f167f44f4964e6c998dee827110c", ["a8f5f167f44f4964e6c998dee827110c"]),
        (
            "aws_secret_access_key = kP8dJm2xQvL5nR7tYw3zB6cF9hG1jK4mN0pS2uVx",
            ["kP8dJm2xQvL5nR7tYw3zB6cF9hG1jK4mN0pS2uVx"],
        ),
        ("X-API-Key: 7c4a8d09ca3762af61e59520943dc264", ["7c4a8d09ca3762af61e59520943dc264"]),
        ("my api key is q8w7e6r5t4y3u2i1 and it says forbidden", ["q8w7e6r5t4y3u2i1"]),
        (
            "SharedAccessKey=mN3pQrS5tUvW7xYz1aBcD4eFgH6iJkLmN8oPqRsT0uU=",
            ["mN3pQrS5tUvW7xYz1aBcD4eFgH6iJkLmN8oPqRsT0uU="],
        ),
        (
            "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1"
            "SZFPTOtr/KBHBeksoGMGw==;EndpointSuffix=core.windows.net",
            [
                "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
            ],
        ),
        ("Mein API-Schlüssel: zx81-KK29-pq77-MM03", ["zx81-KK29-pq77-MM03"]),
        ("La clave de API es f4k3k3y8d7c6b5a4938271", ["f4k3k3y8d7c6b5a4938271"]),
        (
            "Authorization: AppToken 7pKx2mQ9vL4nR8tYw3zB6cF1hG5jK0",
            ["7pKx2mQ9vL4nR8tYw3zB6cF1hG5jK0"],
        ),
        ("our api token (b8f9c7d6e5a4b3c2d1e0f9a8) gives 403", ["b8f9c7d6e5a4b3c2d1e0f9a8"]),
        (
            "Ocp-Apim-Subscription-Key: 9a1b2c3d4e5f60718293a4b5c6d7e8f9",
            ["9a1b2c3d4e5f60718293a4b5c6d7e8f9"],
        ),
        ("apiKey=live_7f3kd93jf83jd02k", ["live_7f3kd93jf83jd02k"]),
        ("Acme PAT: 7VnYkq3hPz8sLw2xRd5tBf9cJg4mKe6u", ["7VnYkq3hPz8sLw2xRd5tBf9cJg4mKe6u"]),
        (
            "secret key f3a9c1d7e5b20846f3a9c1d7e5b20846 for HMAC",
            ["f3a9c1d7e5b20846f3a9c1d7e5b20846"],
        ),
        ("Der Zugriffsschlüssel lautet Kx93jd82hs74gf65", ["Kx93jd82hs74gf65"]),
        ("El token de acceso es 9f8e7d6c5b4a39281706 y caduca mañana", ["9f8e7d6c5b4a39281706"]),
        (
            "X-Auth-Token: gAAAAABkZ3x9vYt5Qw2eR7uI1oP4aS6dF8gH0jK3lZ",
            ["gAAAAABkZ3x9vYt5Qw2eR7uI1oP4aS6dF8gH0jK3lZ"],
        ),
        (
            "Acme-Username: bob@acme.com\nAcme-ApiKey: 5f0c9a7e-21b4-4c8d-9e6f-3a2b1c0d4e5f",
            ["5f0c9a7e-21b4-4c8d-9e6f-3a2b1c0d4e5f"],
        ),
        (
            "DB_USER=mx\nDB_PASS=s3cr3t\nAPI_TOKEN=b7d03a6947b217efb6f3ec3bd3504582\n"
            "APP_ID=7d3e1a52-9c41-4b6f-8f6e-2a1f0c9d8e77",
            ["s3cr3t", "b7d03a6947b217efb6f3ec3bd3504582"],
        ),
    ],
)
def test_a_key_is_found_by_its_name_when_it_looks_made_by_a_machine(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    "text",
    [
        'Error: secrets "fvn8n2n4-database" not found',
        'secret "ab12cd34-database" not found',
        'secret "ab12cd34-storage-v2" already exists in namespace mx-prod',
        "The secret ab12cd34-database does not exist",
    ],
)
def test_the_name_of_an_object_that_holds_secrets_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ('token "ab12cd34-database" not found', ["ab12cd34-database"]),
        ('password "ab12cd34-database" not found', ["ab12cd34-database"]),
        ('secret "Ab12cD34xY56zW78" not found', ["Ab12cD34xY56zW78"]),
    ],
)
def test_a_secret_that_is_not_found_stays_secret(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    "text",
    [
        "Unexpected token 'order_number_12345678' in XPath",
        "Syntax error near unexpected token `order_number_12345678'",
        "Unrecognized token 'order12345678number': was expecting true",
    ],
)
def test_a_token_that_a_parser_found_is_no_secret(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pw: x", "password"),
        ("PIN: 4711", "password"),
        ("api key: abcd1234efgh5678", "API key"),
        ("API-Schlüssel: 99kk88jj77hh66gg", "API key"),
        ("clave API: 99kk88jj77hh66gg", "API key"),
        ("secret access key: 99kk88jj77hh66gg", "API key"),
        ("token: ZXhhbXBsZXRva2VuMTIzNDU2", "access token"),
        ("client secret: supersecret123", "secret"),
    ],
)
def test_the_kind_is_said_in_plain_words(text, kind):
    assert [hit[0] for hit in find_named_secrets(text)] == [kind]
