import { errorMessage } from "../api/ApiError";
import { useClaimTransfer } from "../api/transfers";
import { useLanguage } from "../i18n/LanguageProvider";
import { DialogFrame } from "../layout/DialogFrame";
import { useToast } from "../layout/Toasts";
import { hasAskedBefore } from "../listener";

interface ClaimDialogProps {
  code: string;
  onClose: () => void;
}

/** Asks whether the voices of another device are to be heard on this one, too. */
export default function ClaimDialog({ code, onClose }: ClaimDialogProps) {
  const { t } = useLanguage();
  const toast = useToast();
  const claim = useClaimTransfer(() => {
    toast({ text: t.transfer.claimed });
    onClose();
  });
  return (
    <DialogFrame title={t.transfer.question} onClose={onClose} isQuestion>
      <p>{hasAskedBefore() ? t.transfer.merges : t.transfer.continues}</p>
      {claim.error && (
        <p className="field-error" role="alert">
          {errorMessage(claim.error, t)}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t.reading.cancel}
        </button>
        <button
          type="button"
          className="button primary"
          aria-disabled={claim.isPending}
          onClick={() => {
            if (!claim.isPending) claim.mutate(code);
          }}
        >
          {t.transfer.claim}
        </button>
      </div>
    </DialogFrame>
  );
}
