import { useEffect } from "react";

import { useMakeTransfer } from "../api/transfers";
import { base } from "../base";
import { useLanguage } from "../i18n/LanguageProvider";
import { DialogFrame } from "../layout/DialogFrame";
import { ErrorNotice } from "../layout/ErrorNotice";
import { QrCode } from "./QrCode";
import { TRANSFER } from "./transferCode";
import "./ShareDialog.css";

/** Shows a QR code by which another device gets the same voices. */
export default function TransferDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const { mutate: make, data: made, error } = useMakeTransfer();
  useEffect(() => make(), [make]);
  return (
    <DialogFrame title={t.transfer.title} onClose={onClose}>
      {error && <ErrorNotice error={error} onTryAgain={() => make()} />}
      <div className="share-code">
        {made && (
          <QrCode
            text={`${location.origin}${base}/voices${TRANSFER}${made.code}`}
            label={t.transfer.code}
          />
        )}
      </div>
      <p>{t.transfer.how}</p>
      <p className="quiet">{t.transfer.about}</p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t.share.close}
        </button>
      </div>
    </DialogFrame>
  );
}
