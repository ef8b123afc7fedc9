import type { Readings } from "../api/readings";
import { stored } from "../stored";

/** What is written and set but not sent yet, kept over a reload. */
export interface Draft {
  text: string;
  speed: number;
  /** The id of the chosen member; null before one was chosen. */
  member: number | null;
  /** How words are to be read otherwise than usual. */
  readings: Readings;
}

const EMPTY: Draft = { text: "", speed: 1, member: null, readings: {} };
export const MIN_SPEED = 0.5;
export const MAX_SPEED = 2;

export const draft = stored<Draft>("forv.draft", EMPTY, (json) =>
  typeof json === "object" && json !== null ? asDraft(json) : undefined,
);

/** Change some of it. */
export function change(part: Partial<Draft>): void {
  draft.write({ ...draft.read(), ...part });
}

function asDraft(json: Partial<Record<keyof Draft, unknown>>): Draft {
  const { text, speed, member, readings } = json;
  return {
    text: typeof text === "string" ? text : EMPTY.text,
    speed:
      typeof speed === "number" && speed >= MIN_SPEED && speed <= MAX_SPEED ? speed : EMPTY.speed,
    member: typeof member === "number" ? member : null,
    readings: typeof readings === "object" && readings !== null ? words(readings) : EMPTY.readings,
  };
}

function words(json: object): Readings {
  return Object.fromEntries(
    Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
