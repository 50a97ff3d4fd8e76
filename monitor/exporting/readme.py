"""``README.txt`` of an export: for whoever is given it and has never heard of Hall."""

from __future__ import annotations

from datetime import datetime

from monitor.exporting.manifest import Manifest
from monitor.recording.forgetting import HALL_TIME

DERIVED_ZH = """
本包中的视频是【副本，非原件】：重新编码，遮挡区涂黑，画面内标有时间和编号。它不能单独作为证据；
清单中写明了它所依据的原始录像文件及其 SHA-256。
"""
DERIVED_EN = """
The video in this archive is A COPY, NO ORIGINAL: coded anew, masks painted black, times and number
in the picture. By itself it proves nothing; the manifest names the recorded files it is from.
"""
PLAIN_ZH = """
视频按摄像机的编码原样复制，未重新编码。它从所选时段之前最近的一个关键帧开始。
"""
PLAIN_EN = """
The video is as the camera coded it, nothing coded anew. It begins at the key frame before the time.
"""
UNASKED_ZH = """
本包由监控端本机命令制作，没有申请和批准记录。
"""
UNASKED_EN = """
This archive was made by a command at the monitor itself: nobody asked for it, nobody approved it.
"""
TEXT = """录像导出 · 第 {number} 号                    EXPORT OF RECORDINGS · No. {number}

时段 time       {begins} — {ends}
用途 purpose    {purpose}
事由 reason     {reason}
申请 asked      {asked}
批准 approved   {approved}

================================================================ 中文
{about_zh}
一、里面有什么
  manifest.json   清单：时段、事由、申请人、批准人，每个文件的 SHA-256，缺失时段及原因
  *.mp4           视频        *.vtt  时间字幕（播放器可加载）
  chain.json      录像文件的哈希链，直到写入大厅台账的封存点（recording.sealed）
  ledger/         台账原文和证明：谁申请（asked），谁批准（approved）

二、如何核验
  1. 全部一起核验（安装了 Hall 的电脑）：
         python -m monitor.clip --check 本文件.zip --key 大厅公钥
     加 --ledger 台账导出文件夹，则连同“制作完成”和“封存”两项台账记录一起核验。
     逐项说明哪里不符；退出码 0 属实，1 不符，2 无法判断。
  2. 不信任本软件：用 sha256sum 计算各文件，与 manifest.json 中的 files 比对；
     再计算 manifest.json 本身的 SHA-256，应与台账中 export.made 记录的 sha256 相同。
  3. 谁申请、谁批准：
         hall-verify proof ledger/asked.tlog-proof --body ledger/asked.json --key 大厅公钥
         hall-verify proof ledger/approved.tlog-proof --body ledger/approved.json --key 大厅公钥
     大厅公钥请用另外留存的一份，不要只用包内的。

三、请注意
  录像含有个人影像，仅可用于上述用途，不得公开、转发，用毕应当删除。

================================================================ English
{about_en}
1. What is in it
  manifest.json   time, reason, who asked, who approved, SHA-256 of each file, gaps and their causes
  *.mp4           video       *.vtt  times as subtitles
  chain.json      the chain of recorded files up to a head sealed in the hall's ledger
  ledger/         the ledger's own words, with proofs: who asked, who approved

2. How to check it
  a. All at once, where Hall is installed:
         python -m monitor.clip --check THIS.zip --key VKEY
     With --ledger FOLDER (an export of the ledger) also that it was made and sealed as told.
     It names what does not fit; exit 0 true, 1 does not fit, 2 cannot tell.
  b. Without trust in this program: compare sha256sum of each file with "files" in manifest.json,
     and sha256sum of manifest.json with "sha256" of export.made in the hall's ledger.
  c. Who asked and who approved: hall-verify proof, as in the Chinese text above. Use a copy of the
     hall's key that you hold from elsewhere, not only the one in here.

3. Please note
  Recordings show people. Use them for the purpose above alone, pass them to nobody, delete them
  when it is done.
"""


def readme(manifest: Manifest) -> str:
    """The text, with what this export is."""
    acts = manifest.acts

    def moment(at_ms: int) -> str:
        return datetime.fromtimestamp(at_ms / 1000, HALL_TIME).isoformat(" ", "seconds")

    about_zh = DERIVED_ZH if manifest.masked else PLAIN_ZH
    about_en = DERIVED_EN if manifest.masked else PLAIN_EN
    approved = "—"
    if acts.approved_by:
        approved = f"{acts.approved_by}  {moment(acts.approved_at_ms)}  {acts.approval}"
    else:
        about_zh, about_en = about_zh + UNASKED_ZH, about_en + UNASKED_EN
    return TEXT.format(
        number=acts.export_id or "—",
        begins=moment(manifest.t0_ms),
        ends=moment(manifest.t1_ms),
        purpose=acts.purpose,
        reason=acts.reason,
        asked=f"{acts.asked_by}  {moment(acts.asked_at_ms)}",
        approved=approved,
        about_zh=about_zh,
        about_en=about_en,
    )
