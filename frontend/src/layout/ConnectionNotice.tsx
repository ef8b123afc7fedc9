import { WifiOff } from "lucide-react";

import { useReachable } from "../api/connection";
import { useReconnect } from "../api/useReconnect";
import { useLanguage } from "../i18n/LanguageProvider";
import "./ConnectionNotice.css";

/** Says, once for the whole page, that the service can't be reached, until it can. */
export function ConnectionNotice() {
  const { t } = useLanguage();
  const isReachable = useReachable();
  useReconnect();
  return (
    <div className="connection" role="status">
      {!isReachable && (
        <p>
          <WifiOff aria-hidden="true" />
          {t.offline}
        </p>
      )}
    </div>
  );
}
