import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from "react";

import type { VoiceRequest } from "../api/client";
import { whenBack } from "../api/connection";
import { isTakenBack, isUnderReview } from "../api/voiceRequestStatus";
import { loudness, type Loudness } from "./loudness";

/** Why there is no sound: `offline` ends by itself, `gone` does not, `refused` waits for a tap, `broken` for a retry. */
export type SoundProblem = "offline" | "gone" | "refused" | "broken";

export interface Player {
  /** The voice in the player; undefined before there is any. */
  track: VoiceRequest | undefined;
  isPlaying: boolean;
  /** Whether the next sound is still on its way. */
  isAwaited: boolean;
  problem: SoundProblem | undefined;
  /** How loud the voice is over its length; undefined until that is known. */
  loudness: Loudness | undefined;
  audioRef: RefObject<HTMLAudioElement | null>;
  /** Play a voice; one that is still being made, from its first sentence on. */
  play: (request: VoiceRequest) => void;
  /** Show a voice that was not asked to play; what is in the player already stays. */
  offer: (request: VoiceRequest) => void;
  /** Take note of how far the voice in the player is made. */
  update: (request: VoiceRequest) => void;
  /** Play or pause what is in the player. */
  toggle: () => void;
  /** Go to a time, in seconds. */
  seek: (seconds: number) => void;
  /** Let the browser know, while a finger is down, that sound will follow. */
  unlock: () => void;
  close: () => void;
}

/** All browsers play it while it still comes. */
const STREAM_FORMAT = "mp3";

const PlayerContext = createContext<Player | null>(null);

/** Holds the one audio element, so that a voice goes on while the page changes below it. */
export function PlayerProvider({ children }: { children: ReactNode }) {
  const audioRef = useRef<HTMLAudioElement>(null);
  const loading = useRef<AbortController>(undefined);
  const [track, setTrack] = useState<VoiceRequest>();
  /** What the audio element has: the finished file, a stream that can't be rewound, or a stream that broke. */
  const [source, setSource] = useState<"file" | "stream" | "broken stream">("file");
  const [isPlaying, setPlaying] = useState(false);
  const [isAwaited, setAwaited] = useState(false);
  const [problem, setProblem] = useState<SoundProblem>();
  const [known, setKnown] = useState<{ id: string; loudness: Loudness }>();

  const start = useCallback(() => {
    audioRef.current?.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") setProblem("refused");
    });
  }, []);

  /** Read the finished file to draw it. Return the address that it was found at; undefined if it is gone. */
  const read = useCallback(async (id: string, audio: string, signal: AbortSignal) => {
    const answer = await fetch(audio, { signal });
    if ([404, 409, 410].includes(answer.status)) return undefined;
    if (!answer.ok) throw new Error("The audio can't be read.");
    void answer
      .arrayBuffer()
      .then(loudness)
      .then(
        (heard) => signal.aborted || setKnown({ id, loudness: heard }),
        () => undefined, // it is played without being drawn
      );
    return answer.url;
  }, []);

  const begin = useCallback((request: VoiceRequest) => {
    audioRef.current?.pause();
    loading.current?.abort();
    loading.current = new AbortController();
    setTrack(request);
    setProblem(undefined);
    setAwaited(true);
    return loading.current.signal;
  }, []);

  const load = useCallback(
    async (request: VoiceRequest, shouldPlay: boolean, from = 0) => {
      const element = audioRef.current;
      if (!element || request.audio === null) return;
      const signal = begin(request);
      setSource("file");
      try {
        const found = await read(request.id, request.audio, signal);
        if (found === undefined) {
          setProblem("gone");
          return;
        }
        // The address that the file was found at, so that the browser loads it once for both.
        element.src = found;
      } catch {
        if (signal.aborted) return;
        if (!navigator.onLine) {
          setProblem("offline");
          return;
        }
        // A bucket that lets no page read it, perhaps: the audio element finds out.
        element.src = request.audio;
      }
      element.currentTime = from;
      if (shouldPlay) start();
    },
    [begin, read, start],
  );

  const play = useCallback(
    (request: VoiceRequest) => {
      if (request.audio !== null) {
        void load(request, true);
      } else if (audioRef.current && request.audio_stream !== null) {
        begin(request);
        setSource("stream");
        audioRef.current.src = `${request.audio_stream}?format=${STREAM_FORMAT}`;
        start();
      }
    },
    [begin, load, start],
  );

  const offer = useCallback(
    (request: VoiceRequest) => {
      if (loading.current === undefined) void load(request, false);
    },
    [load],
  );

  const close = useCallback(() => {
    loading.current?.abort();
    audioRef.current?.removeAttribute("src");
    audioRef.current?.load();
    setTrack(undefined);
    setProblem(undefined);
    setPlaying(false);
  }, []);

  const trackId = track?.id;
  const update = useCallback(
    (request: VoiceRequest) => {
      if (request.id !== trackId) return;
      const hasEnded = request.status === "failed" || request.status === "cancelled";
      if (hasEnded || isUnderReview(request) || isTakenBack(request)) close();
      else setTrack(request);
    },
    [trackId, close],
  );

  const toggle = useCallback(() => {
    const element = audioRef.current;
    if (!element || !track) return;
    if (problem === "broken" || problem === "offline") {
      play(track);
      return;
    }
    setProblem(undefined);
    if (element.paused) start();
    else element.pause();
  }, [track, problem, play, start]);

  const seek = useCallback(
    (seconds: number) => {
      const element = audioRef.current;
      if (!element || !track) return;
      if (source === "file") element.currentTime = seconds;
      else if (track.audio !== null) void load(track, !element.paused, seconds);
    },
    [track, source, load],
  );

  const unlock = useCallback(() => {
    const element = audioRef.current;
    // Safari plays later only what was once played by a tap; without a source this makes no sound.
    if (element && !element.src) element.play().catch(() => undefined);
  }, []);

  /** Put the finished file in the place of a stream that has ended. */
  const settle = useCallback((audio: string) => {
    if (!audioRef.current) return;
    audioRef.current.src = audio;
    setSource("file");
  }, []);

  // What was heard as a stream is finished: draw it, and have the file at hand.
  const audio = track?.audio ?? undefined;
  useEffect(() => {
    const signal = loading.current?.signal;
    if (source !== "stream" || trackId === undefined || audio === undefined || !signal) return;
    read(trackId, audio, signal).catch(() => undefined);
    if (audioRef.current?.ended) settle(audio);
  }, [source, trackId, audio, read, settle]);
  useEffect(() => {
    if (source !== "broken stream" || !track?.audio) return;
    void load(track, true, audioRef.current?.currentTime);
  }, [source, track, load]);

  useEffect(() => {
    if (problem !== "offline" || !track) return;
    return whenBack(() => play(track));
  }, [problem, track, play]);

  const player = useMemo<Player>(
    () => ({
      track,
      isPlaying,
      isAwaited,
      problem,
      loudness: known && known.id === trackId ? known.loudness : undefined,
      audioRef,
      play,
      offer,
      update,
      toggle,
      seek,
      unlock,
      close,
    }),
    [
      track,
      trackId,
      isPlaying,
      isAwaited,
      problem,
      known,
      play,
      offer,
      update,
      toggle,
      seek,
      unlock,
      close,
    ],
  );

  return (
    <PlayerContext value={player}>
      {children}
      <audio
        ref={audioRef}
        preload="auto"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => {
          setPlaying(false);
          if (source === "stream" && audio !== undefined) settle(audio);
        }}
        onLoadedData={() => setAwaited(false)}
        onWaiting={() => setAwaited(true)}
        onPlaying={() => {
          setAwaited(false);
          setProblem(undefined);
        }}
        onError={({ currentTarget }) => {
          if (!currentTarget.getAttribute("src")) return;
          setPlaying(false);
          if (source === "stream") setSource("broken stream");
          else setProblem(navigator.onLine ? "broken" : "offline");
        }}
      />
    </PlayerContext>
  );
}

export function usePlayer(): Player {
  const player = use(PlayerContext);
  if (!player) throw new Error("usePlayer needs a PlayerProvider around it");
  return player;
}
