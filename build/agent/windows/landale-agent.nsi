; For one user, without an administrator: the agent lives in that user's session, and so do the programs it starts.
; Defined from outside: VERSION, PROGRAM, LICENCES, EXAMPLES, OUTPUT and, where time counts more than size, UNCOMPRESSED.

Unicode true
Target amd64-unicode
!ifdef UNCOMPRESSED
  SetCompress off
!else
  SetCompressor /SOLID lzma
!endif

!include LogicLib.nsh

!define NAME "Landale Agent"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

Name "${NAME} ${VERSION}"
OutFile "${OUTPUT}"
; Fixed: the agent itself knows this place, and an upgrade finds the former version there.
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
RequestExecutionLevel user
ShowInstDetails show
ShowUninstDetails show

VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey FileDescription "${NAME}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey LegalCopyright ""

Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
  SetOutPath "$INSTDIR"
  ; A former version goes alone: its processes run on, and are taken over. Its file can be renamed while it still runs.
  ${If} ${FileExists} "$INSTDIR\landale-agent.exe"
    nsExec::ExecToLog '"$INSTDIR\landale-agent.exe" end --leave'
    Pop $0
    Delete "$INSTDIR\landale-agent.exe.old"
    Rename "$INSTDIR\landale-agent.exe" "$INSTDIR\landale-agent.exe.old"
  ${EndIf}
  File "/oname=landale-agent.exe" "${PROGRAM}"
  File "/oname=LICENCES.txt" "${LICENCES}"
  File /r "${EXAMPLES}"
  Delete /REBOOTOK "$INSTDIR\landale-agent.exe.old"

  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "Landale"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1

  nsExec::ExecToLog '"$INSTDIR\landale-agent.exe" install'
  Pop $0
  ${If} $0 != 0
    DetailPrint "The program is here, but does not start by itself yet. The reason is above; then run: landale-agent install"
    SetErrorLevel 2
  ${EndIf}
SectionEnd

Section Uninstall
  ; Ends its processes, then itself, and takes away what starts it at logon. The programs themselves are removed below.
  nsExec::ExecToLog '"$INSTDIR\landale-agent.exe" uninstall'
  Pop $0
  ${If} $0 != 0
    DetailPrint "The agent could not be ended; the reason is above. Nothing was removed."
    SetErrorLevel 2
    Abort
  ${EndIf}
  Delete "$INSTDIR\landale-agent.exe"
  Delete "$INSTDIR\landale-agentw.exe"
  Delete "$INSTDIR\*.old"
  Delete "$INSTDIR\LICENCES.txt"
  RMDir /r "$INSTDIR\examples"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
SectionEnd
