import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import "./Dialog.css";

interface DialogFrameProps {
  title: string;
  onClose: () => void;
  /** It asks for a decision: a tap beside it does not close it. */
  isQuestion?: boolean;
  children: ReactNode;
}

/** A dialog over the page, with its title. */
export function DialogFrame({ title, onClose, isQuestion = false, children }: DialogFrameProps) {
  return (
    <ModalOverlay className="dialog-back" isOpen isDismissable={!isQuestion} onOpenChange={onClose}>
      <Modal className="dialog">
        <Dialog className="dialog-inside" role={isQuestion ? "alertdialog" : "dialog"}>
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
