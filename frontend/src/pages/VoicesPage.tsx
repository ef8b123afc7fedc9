import type { Member } from "../api/client";
import { MyVoices } from "../voices/MyVoices";
import "./VoicesPage.css";

export default function VoicesPage({ members }: { members: Member[] }) {
  return (
    <div className="voices-page">
      <MyVoices members={members} />
    </div>
  );
}
