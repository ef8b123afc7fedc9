import { useEffect } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { useMakeTransfer } from "../api/transfers";
import { base } from "../base";
import { useLanguage } from "../i18n/LanguageProvider";
import { ErrorNotice } from "../layout/ErrorNotice";
import { QrCode } from "./QrCode";
import { TRANSFER } from "./transferCode";
import "../layout/Dialog.css";
import "./ShareDialog.css";

/** Shows a QR code by which another device gets the same voices. */
export default function TransferDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const { mutate: make, data: made, error } = useMakeTransfer();
  useEffect(() => make(), [make]);
  return (
    <ModalOverlay className="dialog-back" isOpen isDismissable onOpenChange={onClose}>
      <Modal className="dialog">
        <Dialog className="dialog-inside">
          <Heading slot="title" className="dialog-title">
            {t.transfer.title}
          </Heading>
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
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
