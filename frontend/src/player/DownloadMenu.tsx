import { Download } from "lucide-react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

import type { AudioFormat, VoiceRequest } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import "../layout/Menu.css";

const FORMATS: AudioFormat[] = ["wav", "mp3", "opus", "flac"];

interface DownloadMenuProps {
  request: VoiceRequest;
}

/** Choose a format, and the browser saves the voice as a file. */
export default function DownloadMenu({ request: { audio } }: DownloadMenuProps) {
  const { t } = useLanguage();
  if (audio === null) return null;
  return (
    <MenuTrigger>
      <Button className="icon-button" aria-label={t.player.download}>
        <Download aria-hidden="true" />
      </Button>
      <Popover className="menu-popover" placement="top end">
        <Menu className="menu">
          {FORMATS.map((format) => (
            <MenuItem
              key={format}
              className="menu-item"
              href={`${audio}?download=1&format=${format}`}
              download=""
            >
              {t.player.formats[format].name}
              <span className="quiet">{t.player.formats[format].about}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
