import { stored } from "../stored";

/** What a fan has noted about a voice; only this browser knows it. */
export interface Keepsake {
  name?: string;
  isStarred?: boolean;
}

/** By the id of the request. */
export const keepsakes = stored<Record<string, Keepsake>>("forv.keepsakes", {}, (json) =>
  typeof json === "object" && json !== null ? clean(json as Record<string, unknown>) : undefined,
);

export function noteAbout(id: string, change: Keepsake): void {
  const all = keepsakes.read();
  const { name, isStarred } = { ...all[id], ...change };
  const others = Object.fromEntries(Object.entries(all).filter(([other]) => other !== id));
  const note: Keepsake = { ...(name && { name }), ...(isStarred && { isStarred }) };
  keepsakes.write(Object.keys(note).length === 0 ? others : { ...others, [id]: note });
}

function clean(json: Record<string, unknown>): Record<string, Keepsake> {
  const notes = Object.entries(json).filter(
    (entry): entry is [string, Keepsake] => typeof entry[1] === "object" && entry[1] !== null,
  );
  return Object.fromEntries(
    notes.map(([id, { name, isStarred }]) => [
      id,
      {
        ...(typeof name === "string" && { name }),
        ...(isStarred === true && { isStarred }),
      },
    ]),
  );
}
