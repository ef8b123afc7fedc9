/** A random (version 4) UUID, also where the page came over plain http and crypto.randomUUID is missing. */
export function newUuid(): string {
  if ("randomUUID" in crypto) return crypto.randomUUID();

  const template = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  const randomNibbles = (crypto as Crypto).getRandomValues(new Uint8Array(template.length));
  return template.replace(/[xy]/g, (letter, index: number) => {
    const nibble = (randomNibbles[index] ?? 0) & 0xf;
    return (letter === "x" ? nibble : (nibble & 0x3) | 0x8).toString(16);
  });
}
