import { lazy, Suspense, useEffect, useRef } from "react";
import { Outlet, useLocation } from "react-router";

import { useMembers } from "../api/members";
import { useLanguage } from "../i18n/LanguageProvider";
import { usePlayer } from "../player/PlayerProvider";
import { useDeletions } from "../voices/deletions";
import { ConnectionNotice } from "./ConnectionNotice";
import { Masthead } from "./Masthead";
import "./Layout.css";

const PlayerBar = lazy(() => import("../player/PlayerBar"));

/** What stays while the page changes: the head, the player, and what is told of the connection. */
export function Layout() {
  const { t } = useLanguage();
  const { track } = usePlayer();
  const members = useMembers();
  const { pathname } = useLocation();
  const mainRef = useRef<HTMLElement>(null);
  const seen = useRef(pathname);
  useDeletions();

  // A new page begins at its top, also for who reads it with a screen reader.
  useEffect(() => {
    if (seen.current === pathname) return;
    seen.current = pathname;
    scrollTo({ top: 0 });
    mainRef.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className="layout">
      <a className="skip button visually-hidden" href="#main">
        {t.nav.skip}
      </a>
      <Masthead />
      <ConnectionNotice />
      <main id="main" ref={mainRef} tabIndex={-1}>
        <Outlet />
      </main>
      {track && (
        <Suspense>
          <PlayerBar members={members.data ?? []} />
        </Suspense>
      )}
    </div>
  );
}
