/** Return seconds as a player shows them: 0:07, 12:30. */
export function shownTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
