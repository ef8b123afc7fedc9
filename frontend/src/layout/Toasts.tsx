import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from "react";

import { useLanguage } from "../i18n/LanguageProvider";
import "./Toasts.css";

/** How long a toast stays, in milliseconds; what it can undo is undone within this time. */
export const TOAST_MS = 6_000;

interface Toast {
  text: string;
  onUndo?: () => void;
}

type ShowToast = (toast: Toast) => void;

const ToastContext = createContext<ShowToast>(() => undefined);

/** Shows the latest short message above the player, for a while. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useLanguage();
  const [toast, setToast] = useState<Toast>();

  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(() => setToast(undefined), TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast]);

  const show = useCallback<ShowToast>((next) => setToast(next), []);
  const undo = useMemo(() => {
    const { onUndo } = toast ?? {};
    return (
      onUndo &&
      (() => {
        onUndo();
        setToast(undefined);
      })
    );
  }, [toast]);

  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status">
        {toast && (
          <div className="toast">
            <p>{toast.text}</p>
            {undo && (
              <button type="button" onClick={undo}>
                {t.undo}
              </button>
            )}
          </div>
        )}
      </div>
    </ToastContext>
  );
}

export function useToast(): ShowToast {
  return use(ToastContext);
}
