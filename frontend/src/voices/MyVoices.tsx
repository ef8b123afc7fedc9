import { AudioLines, Star } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";

import type { Member } from "../api/client";
import { useMyVoices } from "../api/voiceRequests";
import { ErrorNotice } from "../layout/ErrorNotice";
import { useLanguage } from "../i18n/LanguageProvider";
import { hueOf, wordsOf } from "../members/look";
import { Portrait } from "../members/Portrait";
import { useStored } from "../stored";
import { deletions } from "./deletions";
import { keepsakes } from "./keepsakes";
import { VoiceRow } from "./VoiceRow";
import "./MyVoices.css";

interface MyVoicesProps {
  members: Member[];
  /** Show only so many, and a link to the rest. */
  most?: number;
}

type Filter = "all" | "starred" | number;

/** The voices that this browser has asked for: play them, use them again, keep or delete them. */
export function MyVoices({ members, most }: MyVoicesProps) {
  const { t, language } = useLanguage();
  const [filter, setFilter] = useState<Filter>("all");
  const [deleting] = useStored(deletions);
  const [notes] = useStored(keepsakes);
  const voices = useMyVoices();

  const all = voices.data?.pages
    .flatMap(({ results }) => results)
    .filter(({ id, status }) => status !== "cancelled" && !(id in deleting));
  const asked = members.filter(({ id }) => all?.some(({ member }) => member === id));
  const found = all?.filter(
    ({ id, member }) =>
      filter === "all" || (filter === "starred" ? notes[id]?.isStarred : member === filter),
  );
  const shown = found?.slice(0, most);
  const Title = most === undefined ? "h1" : "h2"; // the whole list is a page of its own
  const hidden = (found?.length ?? 0) - (shown?.length ?? 0);

  return (
    <section className="my-voices" aria-labelledby="my-voices-title">
      <Title id="my-voices-title">{t.voices.title}</Title>
      {voices.isError && !voices.data && (
        <ErrorNotice error={voices.error} onTryAgain={() => void voices.refetch()} />
      )}
      {all?.length === 0 && (
        <div className="voices-empty">
          <AudioLines aria-hidden="true" />
          <p>{t.voices.empty}</p>
        </div>
      )}
      {all && all.length > 1 && (
        <div className="voice-filters" role="group" aria-label={t.voices.filter}>
          <FilterChip chosen={filter === "all"} onChoose={() => setFilter("all")}>
            {t.voices.all}
          </FilterChip>
          <FilterChip chosen={filter === "starred"} onChoose={() => setFilter("starred")}>
            <Star aria-hidden="true" />
            <span className="visually-hidden">{t.voices.starred}</span>
          </FilterChip>
          {asked.length > 1 &&
            asked.map((member) => (
              <FilterChip
                key={member.id}
                chosen={filter === member.id}
                onChoose={() => setFilter(member.id)}
                hue={hueOf(member)}
              >
                <Portrait member={member} as="face" />
                {wordsOf(member, language).name}
              </FilterChip>
            ))}
        </div>
      )}
      {found?.length === 0 && all !== undefined && all.length > 0 && (
        <p className="quiet">{t.voices.noneFound}</p>
      )}
      <ul className="voice-rows">
        {shown?.map((request) => (
          <VoiceRow
            key={request.id}
            request={request}
            member={members.find(({ id }) => id === request.member)}
            note={notes[request.id]}
          />
        ))}
      </ul>
      {most !== undefined && (hidden > 0 || voices.hasNextPage) && (
        <Link className="button" to="/voices">
          {t.voices.showAll}
        </Link>
      )}
      {most === undefined && voices.hasNextPage && (
        <button
          type="button"
          className="button"
          aria-disabled={voices.isFetchingNextPage}
          onClick={() => void voices.fetchNextPage()}
        >
          {t.voices.more}
        </button>
      )}
    </section>
  );
}

interface FilterChipProps {
  chosen: boolean;
  onChoose: () => void;
  hue?: number;
  children: React.ReactNode;
}

function FilterChip({ chosen, onChoose, hue, children }: FilterChipProps) {
  return (
    <button
      type="button"
      className="chip of-member"
      aria-pressed={chosen}
      onClick={onChoose}
      ref={(chip) => {
        if (hue !== undefined) chip?.style.setProperty("--hue", String(hue));
      }}
    >
      {children}
    </button>
  );
}
