/** How loud a voice is over its length: `bars` values from 0 to 1, the loudest is 1. */
export interface Loudness {
  bars: number[];
  seconds: number;
}

const BARS = 96;

/** Decode an audio file and measure it. Rejects what the browser can't decode. */
export async function loudness(file: ArrayBuffer): Promise<Loudness> {
  // The length and the rate of this context do not matter: it only decodes.
  const decoded = await new OfflineAudioContext(1, 1, 22_050).decodeAudioData(file);
  return { bars: barsOf(decoded.getChannelData(0), BARS), seconds: decoded.duration };
}

/** Return the root mean square of each of `count` equal parts of the samples, relative to the loudest part. */
export function barsOf(samples: Float32Array, count: number): number[] {
  const bars = Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * samples.length) / count));
    let sum = 0;
    for (let i = from; i < to; i += 1) sum += (samples[i] ?? 0) ** 2;
    return Math.sqrt(sum / (to - from));
  });
  const loudest = Math.max(...bars);
  return loudest === 0 ? bars : bars.map((bar) => bar / loudest);
}

/** Return how loud it is at a time, from 0 to 1. */
export function loudnessAt({ bars, seconds }: Loudness, time: number): number {
  return bars[Math.min(bars.length - 1, Math.floor((time / seconds) * bars.length))] ?? 0;
}
