import { Smartphone } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLocation, useNavigate } from "react-router";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { transferCode } from "../share/transferCode";
import { MyVoices } from "../voices/MyVoices";
import "./VoicesPage.css";

const TransferDialog = lazy(() => import("../share/TransferDialog"));
const ClaimDialog = lazy(() => import("../share/ClaimDialog"));

/** All voices of this browser, and the way to have them on another device. */
export default function VoicesPage({ members }: { members: Member[] }) {
  const { t } = useLanguage();
  const { hash } = useLocation();
  const navigate = useNavigate();
  const [isTransferring, setTransferring] = useState(false);
  const code = transferCode(hash);
  return (
    <div className="voices-page">
      <MyVoices members={members} />
      <button type="button" className="button" onClick={() => setTransferring(true)}>
        <Smartphone aria-hidden="true" />
        {t.transfer.title}
      </button>
      <Suspense>
        {isTransferring && <TransferDialog onClose={() => setTransferring(false)} />}
        {code !== undefined && (
          <ClaimDialog
            code={code}
            // The code leaves the address, too: it works once.
            onClose={() => void navigate("/voices", { replace: true })}
          />
        )}
      </Suspense>
    </div>
  );
}
