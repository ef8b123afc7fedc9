import { EllipsisVertical, PencilLine, Share2, Trash2, Undo2 } from "lucide-react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

import { useLanguage } from "../i18n/LanguageProvider";
import "../layout/Menu.css";

interface VoiceMenuProps {
  label: string;
  onReuse: () => void;
  /** Undefined for what has no audio. */
  onShare: (() => void) | undefined;
  onRename: () => void;
  onRemove: () => void;
}

/** What else can be done with a voice. */
export default function VoiceMenu({ label, onReuse, onShare, onRename, onRemove }: VoiceMenuProps) {
  const { t } = useLanguage();
  return (
    <MenuTrigger>
      <Button className="icon-button" aria-label={label}>
        <EllipsisVertical aria-hidden="true" />
      </Button>
      <Popover className="menu-popover" placement="bottom end">
        <Menu className="menu">
          <MenuItem className="menu-item" onAction={onReuse}>
            <Undo2 aria-hidden="true" />
            {t.voices.reuse}
          </MenuItem>
          {onShare && (
            <MenuItem className="menu-item" onAction={onShare}>
              <Share2 aria-hidden="true" />
              {t.share.title}
            </MenuItem>
          )}
          <MenuItem className="menu-item" onAction={onRename}>
            <PencilLine aria-hidden="true" />
            {t.voices.rename}
          </MenuItem>
          <MenuItem className="menu-item danger" onAction={onRemove}>
            <Trash2 aria-hidden="true" />
            {t.voices.remove}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
