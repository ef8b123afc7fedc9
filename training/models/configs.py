"""Configs of the two models for coqui-tts; the exported config files have the same values."""

from training.models.coqui import BaseAudioConfig, CharactersConfig, GlowTTSConfig, HifiganConfig
from training.sentences.pronunciation import CODAS, ONSETS, PUNCTUATION, SYMBOLS, VOWELS

SAMPLE_RATE = 22_050  # Hz
HOP_LENGTH = 256  # samples
N_MELS = 80
PAD = "_"
BLANK = "<BLNK>"


def audio_config() -> BaseAudioConfig:
    """Return the audio config: a natural-log mel without normalization, the same for both models."""
    return BaseAudioConfig(
        sample_rate=SAMPLE_RATE,
        fft_size=1024,
        win_length=1024,
        hop_length=HOP_LENGTH,
        num_mels=N_MELS,
        mel_fmin=0.0,
        mel_fmax=8000.0,
        log_func="np.log",
        spec_gain=1.0,
        signal_norm=False,
        preemphasis=0.0,
        power=1.0,
        ref_level_db=0,
        min_level_db=-100,
        do_trim_silence=False,
        resample=False,
    )


def acoustic_config() -> GlowTTSConfig:
    """Return the config of a Glow-TTS half as wide as the paper's: 5 M parameters, one or two hours on one CPU core."""
    characters = CharactersConfig(
        characters_class="TTS.tts.utils.text.characters.Graphemes",
        characters=ONSETS + VOWELS + CODAS,
        punctuations=PUNCTUATION,
        pad=PAD,
        eos=None,
        bos=None,
        blank=BLANK,
        is_unique=False,
        is_sorted=False,
    )
    return GlowTTSConfig(
        run_name="glow-tts-ko",
        run_description="Korean demo voice: pronounced jamo to mel",
        audio=audio_config(),
        characters=characters,
        num_chars=len([PAD, BLANK, *SYMBOLS]),
        text_cleaner=None,  # coqui's cleaners compose the text (NFC), which would remove the jamo
        use_phonemes=False,
        phonemizer=None,
        # A jamo can have several phases (closure, burst, aspiration); a blank beside each gives them separate symbols.
        # Without blanks, the consonants at the beginning of words were lost.
        add_blank=True,
        enable_eos_bos_chars=False,
        hidden_channels_enc=112,
        hidden_channels_dec=96,
        hidden_channels_dp=128,
        dropout_p_dec=0.1,  # without it, the model overfits to half an hour of speech
        num_flow_blocks_dec=8,
        encoder_params={
            "kernel_size": 3,
            "dropout_p": 0.2,
            "num_layers": 4,
            "num_heads": 2,
            "hidden_channels_ffn": 320,
            "input_length": None,
        },
        max_text_len=500,  # coqui's default is infinity, which is not JSON
        max_audio_len=SAMPLE_RATE * 30,
        data_dep_init_steps=1,
        inference_noise_scale=0.2,  # as clear as without noise, and each seed has a melody of its own
        length_scale=1.0,
        test_sentences=[],
    )


def vocoder_config() -> HifiganConfig:
    """Return the config of HiFi-GAN V2, the paper's generator of 0.93 M parameters."""
    return HifiganConfig(
        run_name="hifigan-v2-ko",
        run_description="Korean demo voice: mel to waveform",
        audio=audio_config(),
        generator_model_params={
            "upsample_factors": [8, 8, 2, 2],
            "upsample_kernel_sizes": [16, 16, 4, 4],
            "upsample_initial_channel": 128,
            "resblock_kernel_sizes": [3, 7, 11],
            "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
            "resblock_type": "1",
        },
    )
