"""A draft to work on in tests, and the profile that it is held to."""

from bot.profile import Desk, Information, Kind, Profile, TicketForm
from bot.reply import Ticket

PROFILE = Profile(
    desks=(
        Desk(id="helm", name="Helm Desk", how="By email."),
        Desk(
            id="pier",
            name="Pier Desk",
            how="By phone.",
            destination={"type": "webhook", "url": "https://pier.example", "secret_env": "PIER"},
            attachments={"types": [".log"]},
        ),
    ),
    default_desk="helm",
    ticket=TicketForm(
        kinds=(
            Kind(label="Question", act="question"),
            Kind(label="Fault", act="problem", fields=("Boat", "Berth", "Log file")),
        ),
        information=(
            Information(label="Boat", ask="Which boat?", why="The desk finds it by its name."),
            Information(label="Berth", pattern=r"berth (\d+)", ask="Which berth?"),
            Information(label="Log file", ask="What does the log say?", attachment=True),
        ),
    ),
)
DRAFT = Ticket(
    desk="pier",
    kind="Fault",
    priority="low",
    subject="Stuck",
    description="The gate is stuck.",
    missing=["Boat", "Berth", "Log file"],
    how="By phone.",
)
