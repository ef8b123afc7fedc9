import { useLayoutEffect } from "react";

import type { Member } from "../api/client";
import { hueOf } from "./look";

/** Colour the whole page in the member's accent. */
export function useMemberLook(member: Member): void {
  const hue = hueOf(member);
  useLayoutEffect(() => {
    document.documentElement.style.setProperty("--hue", String(hue));
  }, [hue]);
}
