import { Cake, ExternalLink, MessageCircleHeart } from "lucide-react";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { wordsOf } from "./look";
import { safeLinks } from "./safeLinks";
import "./Profile.css";

/** What is known of a member: birthday, a small story, links. */
export function Profile({ member }: { member: Member }) {
  const { t, language } = useLanguage();
  const { tmi } = wordsOf(member, language);
  const links = safeLinks(member.links);
  const birthday = new Intl.DateTimeFormat(language, {
    month: "long",
    day: "numeric",
    timeZone: "UTC",
  });
  return (
    <div className="profile">
      <dl>
        {member.birth && (
          <div>
            <dt>
              <Cake aria-hidden="true" />
              <span className="visually-hidden">{t.profile.birthday}</span>
            </dt>
            <dd>{birthday.format(new Date(`${member.birth}T00:00:00Z`))}</dd>
          </div>
        )}
        {tmi && (
          <div>
            <dt>
              <MessageCircleHeart aria-hidden="true" />
              <span className="visually-hidden">{t.profile.tmi}</span>
            </dt>
            <dd>{tmi}</dd>
          </div>
        )}
      </dl>
      {links.length > 0 && (
        <ul className="profile-links" aria-label={t.profile.links}>
          {links.map(({ name, address }) => (
            <li key={address}>
              <a className="chip" href={address} target="_blank" rel="noopener noreferrer">
                {name}
                <ExternalLink aria-hidden="true" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
