"""Every ask, read and event by its name on the wire: the table both doors and the writers use."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from hall_server.contract.messages import (
    access,
    exports,
    feedback,
    ledger,
    lookback,
    organisation,
    queueing,
    references,
    stations,
    supervision,
)
from hall_server.contract.messages.base import Accepted, Answer, Ask, Event, Read, Refused


class AskKind(NamedTuple):
    """An ask and the answer it gets when accepted."""

    ask: type[Ask]
    answer: type[Answer]


class ReadKind(NamedTuple):
    """A read and what it shows."""

    read: type[Read]
    answer: type[Answer]


ASKS: dict[str, AskKind] = {
    "day.open": AskKind(queueing.DayOpen, Accepted),
    "day.close": AskKind(queueing.DayClose, Accepted),
    "ticket.take": AskKind(queueing.TicketTake, queueing.TicketSlip),
    "ticket.check_in": AskKind(queueing.TicketCheckIn, queueing.TicketSlip),
    "ticket.reprint": AskKind(queueing.TicketReprint, queueing.TicketSlip),
    "ticket.call_next": AskKind(queueing.TicketCallNext, queueing.LegNamed),
    "ticket.call": AskKind(queueing.TicketCall, queueing.LegNamed),
    "ticket.recall": AskKind(queueing.TicketRecall, queueing.LegNamed),
    "ticket.start": AskKind(queueing.TicketStart, queueing.LegNamed),
    "ticket.finish": AskKind(queueing.TicketFinish, queueing.LegNamed),
    "ticket.miss": AskKind(queueing.TicketMiss, queueing.LegNamed),
    "ticket.bring_back": AskKind(queueing.TicketBringBack, queueing.LegNamed),
    "ticket.hold": AskKind(queueing.TicketHold, queueing.LegNamed),
    "ticket.resume": AskKind(queueing.TicketResume, queueing.LegNamed),
    "ticket.transfer": AskKind(queueing.TicketTransfer, queueing.LegNamed),
    "ticket.move_back": AskKind(queueing.TicketMoveBack, queueing.LegNamed),
    "ticket.add_item": AskKind(queueing.TicketAddItem, queueing.LegNamed),
    "ticket.serve_direct": AskKind(queueing.TicketServeDirect, queueing.LegNamed),
    "ticket.cancel": AskKind(queueing.TicketCancel, Accepted),
    "appointment.book": AskKind(queueing.AppointmentBook, queueing.Booked),
    "appointment.cancel": AskKind(queueing.AppointmentCancel, Accepted),
    "print.report": AskKind(queueing.PrintReport, Accepted),
    "window.open": AskKind(queueing.WindowOpen, Accepted),
    "window.close": AskKind(queueing.WindowClose, Accepted),
    "window.pause": AskKind(queueing.WindowPause, Accepted),
    "window.resume": AskKind(queueing.WindowResume, Accepted),
    "account.sign_in": AskKind(access.AccountSignIn, access.SignedIn),
    "account.sign_out": AskKind(access.AccountSignOut, Accepted),
    "account.password": AskKind(access.AccountPassword, Accepted),
    "account.create": AskKind(access.AccountCreate, access.OneTimePassword),
    "account.change": AskKind(access.AccountChange, Accepted),
    "account.reset": AskKind(access.AccountReset, access.OneTimePassword),
    "station.invite": AskKind(access.StationInvite, access.Invitation),
    "station.enrol": AskKind(access.StationEnrol, Accepted),
    "station.sign_on": AskKind(access.StationSignOn, access.StationSession),
    "station.revoke": AskKind(access.StationRevoke, Accepted),
    "device.report": AskKind(stations.DeviceReport, Accepted),
    "device.alert": AskKind(stations.DeviceAlert, Accepted),
    "display.report": AskKind(stations.DisplayReport, Accepted),
    "announcement.report": AskKind(stations.AnnouncementReport, Accepted),
    "kiosk.help": AskKind(stations.KioskHelp, Accepted),
    "recording.seal": AskKind(stations.RecordingSeal, Accepted),
    "pad.press": AskKind(queueing.PadPress, queueing.PadAnswer),
    "rating.give": AskKind(feedback.RatingGive, Accepted),
    "finding.report": AskKind(supervision.FindingReport, supervision.FindingReceived),
    "finding.confirm": AskKind(supervision.FindingConfirm, Accepted),
    "finding.dismiss": AskKind(supervision.FindingDismiss, Accepted),
    "finding.answer": AskKind(supervision.FindingAnswer, Accepted),
    "finding.unmute": AskKind(supervision.FindingUnmute, Accepted),
    "camera.look": AskKind(supervision.CameraLook, supervision.Admitted),
    "finding.look": AskKind(supervision.FindingLook, supervision.Admitted),
    "camera.admit": AskKind(supervision.CameraAdmit, supervision.Admitted),
    "camera.seek": AskKind(lookback.CameraSeek, Accepted),
    "export.ask": AskKind(exports.ExportAsk, exports.ExportNamed),
    "export.approve": AskKind(exports.ExportApprove, Accepted),
    "export.refuse": AskKind(exports.ExportRefuse, Accepted),
    "export.report": AskKind(exports.ExportReport, Accepted),
    "export.make": AskKind(exports.ExportMake, Accepted),
    "export.fail": AskKind(exports.ExportFail, Accepted),
    "export.download": AskKind(exports.ExportDownload, supervision.Admitted),
    "export.expire": AskKind(exports.ExportExpire, Accepted),
    "recording.hold": AskKind(exports.RecordingHold, exports.HoldNamed),
    "recording.lift": AskKind(exports.RecordingLift, Accepted),
    "recording.forget": AskKind(exports.RecordingForget, Accepted),
    "reference.ask": AskKind(references.ReferenceAsk, references.ReferenceNamed),
    "reference.report": AskKind(references.ReferenceReport, references.ReferenceNamed),
    "reference.approve": AskKind(references.ReferenceApprove, Accepted),
    "reference.refuse": AskKind(references.ReferenceRefuse, Accepted),
    "reference.look": AskKind(references.ReferenceLook, supervision.Admitted),
    "camera.arrange": AskKind(supervision.CameraArrange, supervision.Admitted),
    "fact.save": AskKind(organisation.FactSave, Accepted),
    "fact.remove": AskKind(organisation.FactRemove, Accepted),
    "facts.import": AskKind(organisation.FactsImport, Accepted),
    "ledger.begin_epoch": AskKind(ledger.EpochBegin, Accepted),
    "ledger.witness": AskKind(ledger.LedgerWitness, Accepted),
}

READS: dict[str, ReadKind] = {
    "hall.snapshot": ReadKind(organisation.SnapshotRead, organisation.Snapshot),
    "hall.forecast": ReadKind(queueing.ForecastRead, queueing.Forecasts),
    "hall.figures": ReadKind(organisation.PeriodRead, organisation.DayFigures),
    "ticket.follow": ReadKind(queueing.TicketFollow, queueing.FollowView),
    "person.key": ReadKind(queueing.PersonKeyRead, queueing.PersonKey),
    "print.read": ReadKind(queueing.PrintRead, queueing.TicketSlip),
    "events.read": ReadKind(ledger.EventsRead, ledger.EventsView),
    "ledger.checkpoint": ReadKind(ledger.CheckpointRead, ledger.CheckpointView),
    "ledger.proof": ReadKind(ledger.ProofRead, ledger.ProofView),
    "ledger.receipt": ReadKind(ledger.ReceiptRead, ledger.ReceiptView),
    "ledger.export": ReadKind(ledger.ExportRead, ledger.ExportView),
    "finding.list": ReadKind(supervision.FindingList, supervision.FindingsView),
    "finding.read": ReadKind(supervision.FindingRead, supervision.FindingView),
    "recording.find": ReadKind(lookback.RecordingFind, lookback.Clips),
    "recording.course": ReadKind(lookback.RecordingCourse, lookback.Course),
    "export.list": ReadKind(exports.ExportList, exports.ExportsView),
    "export.orders": ReadKind(exports.ExportOrders, exports.OrdersView),
    "reference.list": ReadKind(references.ReferenceList, references.ReferencesView),
    "session.read": ReadKind(access.SessionRead, access.SessionView),
    "account.list": ReadKind(access.AccountList, access.Accounts),
    "station.list": ReadKind(stations.StationList, stations.Stations),
    "fact.check": ReadKind(organisation.FactCheck, organisation.FactFaults),
    "facts.check": ReadKind(organisation.FactsCheck, organisation.FactsChanges),
    "facts.read": ReadKind(organisation.FactsRead, organisation.FactsView),
    "facts.export": ReadKind(organisation.FactsExport, organisation.FactsFile),
    "facts.schema": ReadKind(organisation.FactsSchema, organisation.SchemaView),
}


def _events(*classes: type[Event]) -> dict[str, type[Event]]:
    return {str(cls.__struct_config__.tag): cls for cls in classes}


EVENTS: dict[str, type[Event]] = _events(
    queueing.DayOpened,
    queueing.DayClosed,
    queueing.AppointmentBooked,
    queueing.AppointmentEnded,
    queueing.TicketTaken,
    queueing.ItemAdded,
    queueing.TicketCalled,
    queueing.TicketRecalled,
    queueing.TicketStarted,
    queueing.TicketFinished,
    queueing.TicketMissed,
    queueing.TicketBroughtBack,
    queueing.TicketMovedBack,
    queueing.TicketHeld,
    queueing.TicketResumed,
    queueing.TicketTransferred,
    queueing.TicketCancelled,
    queueing.TicketUnserved,
    queueing.TicketPrintQueued,
    queueing.TicketPrintReported,
    queueing.WindowOpened,
    queueing.WindowClosed,
    queueing.WindowPaused,
    queueing.WindowResumed,
    access.AccountCreated,
    access.AccountChanged,
    access.AccountResetDone,
    access.AccountRescued,
    access.AccountPasswordChanged,
    access.AccountSignedIn,
    access.AccountSignedOut,
    access.AccountSignInFailed,
    access.StationInvited,
    access.StationEnrolled,
    access.StationSignedOn,
    access.StationRevoked,
    stations.StationLost,
    stations.DeviceChanged,
    stations.DeviceAlerted,
    stations.DeviceCleared,
    stations.DisplayShown,
    stations.AnnouncementSpoken,
    stations.KioskHelpAsked,
    stations.RecordingSealed,
    feedback.RatingGiven,
    supervision.FindingReported,
    supervision.FindingConfirmed,
    supervision.FindingDismissed,
    supervision.FindingAnswered,
    supervision.FindingMuted,
    supervision.FindingUnmuted,
    supervision.CameraLooked,
    supervision.CameraAdmitted,
    lookback.CameraSought,
    exports.ExportAsked,
    exports.ExportApproved,
    exports.ExportRefused,
    exports.ExportMade,
    exports.ExportFailed,
    exports.ExportDownloaded,
    exports.ExportExpired,
    exports.RecordingHeld,
    exports.RecordingLifted,
    exports.RecordingForgotten,
    references.ReferenceAsked,
    references.ReferenceTaken,
    references.ReferenceApproved,
    references.ReferenceRefused,
    organisation.FactSaved,
    organisation.FactRemoved,
    organisation.FactsImported,
    ledger.EpochBegun,
    ledger.LedgerContradicted,
    ledger.ClockJumped,
    ledger.HallStarted,
    ledger.HallStopped,
)


def learn_messages() -> None:
    """Let msgspec learn every message; a program does so before its threads begin.

    It learns a kind when it first meets one, and where two threads meet the same at once, one of
    them sees it half learned and brings the whole program down.
    """
    kinds = {Refused, organisation.Push, *EVENTS.values()}
    kinds |= {kind for pair in (*ASKS.values(), *READS.values()) for kind in pair}
    for kind in kinds:
        msgspec.json.Decoder(kind)
