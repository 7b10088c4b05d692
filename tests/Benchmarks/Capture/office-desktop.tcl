# The desktop that office-content.sh shows: wallpaper, taskbar with a clock, a terminal (a real xterm), a document editor,
# a spreadsheet and a mail window, in antialiased DejaVu. No window manager: the windows draw their own title bars, and X
# moves, exposes and redraws them as it does any window. Everything random comes from one seed.
lassign $argv scene seconds
expr {srand(20250131)}

proc pick {list} { lindex $list [expr {int(rand() * [llength $list])}] }
proc between {low high} { expr {$low + int(rand() * ($high - $low + 1))} }

font create ui -family "DejaVu Sans" -size -14
font create uibold -family "DejaVu Sans" -size -14 -weight bold
font create body -family "DejaVu Serif" -size -17
font create heading -family "DejaVu Sans" -size -24 -weight bold
font create cell -family "DejaVu Sans" -size -14

set sentences {
    "The customer reports that the invoice of March was paid twice and asks for the second payment to be returned."
    "We opened the accounts window together and compared both bookings with the bank statement."
    "The reference number on the second transfer ends in 4471, so the automatic match did not find it."
    "Please confirm the delivery address before Friday; the carrier needs two working days."
    "A restart of the print service solved the first problem, but the queue still shows nine old jobs."
    "According to section 4.2 of the agreement, the replacement is free within twenty-four months."
    "The error appears only when the file is saved on the network drive and the name contains a comma."
    "Next step: export the list as CSV, remove the empty rows and send it to the regional office."
    "She could sign in again after the clock of the laptop was set; it had been eleven minutes slow."
    "All of the steps are described in the handbook, chapter 7, with pictures for each of the screens."
    "The backup of last night ended with a warning: 3 of 18,204 files were open and were skipped."
    "Thank you for your patience; I have written down what we did so that you can repeat it."
}
set levels { {32 INFO } {32 INFO } {32 INFO } {32 INFO } {36 DEBUG} {36 DEBUG} {33 WARN } {31 ERROR} }
set sources { http.server db.pool orders.api billing.export auth.session queue.worker mail.relay cache.store }
set events {
    "GET /api/orders/%d 200 in %d ms, %d rows" "connection %d returned to the pool after %d ms (%d in use)"
    "exported invoice %d: %d positions, %d bytes" "session %d refreshed, valid for %d s, generation %d"
    "job %d finished on attempt %d of %d" "could not deliver message %d: timeout after %d ms, retry in %d s"
    "evicted key user:%d after %d s, %d entries left" "slow query %d: %d ms, plan hash %d"
}

# A window with a title bar at x,y; answers the frame that its content goes into.
proc window {name title x y width height {colour #3b4252}} {
    toplevel .$name -background #8a909c -borderwidth 1
    wm overrideredirect .$name 1
    wm geometry .$name ${width}x$height+$x+$y
    frame .$name.bar -background $colour -height 28
    pack propagate .$name.bar 0
    pack .$name.bar -fill x
    label .$name.bar.title -text $title -font uibold -foreground #eceff4 -background $colour
    pack .$name.bar.title -side left -padx 10
    foreach {sign hue} {× #e06c75 □ #98a2b3 – #98a2b3} {
        pack [label .$name.bar.b[incr ::buttons] -text $sign -font uibold -foreground $hue -background $colour -width 3] -side right
    }
    return [frame .$name.content -background white]
}

proc menubar {parent entries} {
    pack [frame $parent.menu -background #f0f1f3] -fill x
    set i 0
    foreach entry $entries { pack [label $parent.menu.m[incr i] -text $entry -font ui -background #f0f1f3 -foreground #2e3440] -side left -padx 7 -pady 3 }
}

proc wallpaper {} {
    wm overrideredirect . 1
    wm geometry . 1920x1080+0+0
    . configure -background #2b4d6f
    pack [canvas .wall -width 1920 -height 1080 -highlightthickness 0 -background #2b4d6f]
    for {set y 0} {$y < 1080} {incr y 4} {
        set f [expr {$y / 1080.0}]
        .wall create rectangle 0 $y 1920 [expr {$y + 4}] -width 0 -fill [format #%02x%02x%02x [expr {int(36 + 40 * $f)}] [expr {int(70 + 60 * $f)}] [expr {int(112 + 30 * $f)}]]
    }
    .wall create polygon 0 900 500 620 900 800 1400 520 1920 760 1920 1080 0 1080 -fill #35648c -smooth 1
    .wall create polygon 0 1000 600 780 1100 940 1920 700 1920 1080 0 1080 -fill #294f73 -smooth 1
}

proc taskbar {} {
    toplevel .task -background #20252e
    wm overrideredirect .task 1
    wm geometry .task 1920x40+0+1040
    pack [label .task.start -text "  Start  " -font uibold -foreground white -background #3d6fa5] -side left -fill y
    set i 0
    foreach title {"production.log – Terminal" "Report 2025-117 – Writer" "Quarter.ods – Calc" "Inbox – Mail"} {
        pack [label .task.t[incr i] -text $title -font ui -width 24 -anchor w -padx 8 -foreground #d8dee9 -background #2c323d] -side left -fill y -padx 3 -pady 3
    }
    pack [label .task.clock -font ui -foreground white -background #20252e -padx 12] -side right
    tick
}

proc tick {} {
    .task.clock configure -text [clock format [clock seconds] -format "%H:%M:%S\n%d.%m.%Y"]
    after [expr {1000 - [clock milliseconds] % 1000}] tick
}

proc terminal {} {
    pack [window term "production.log – Terminal" 24 20 960 520 #2e3440] -fill both -expand 1
    pack [frame .term.content.x -container 1 -background #1d2129] -fill both -expand 1
    update
    set ::pipe [file join [expr {[info exists ::env(TMPDIR)] ? $::env(TMPDIR) : "/tmp"}] office-content.[pid]]
    exec mkfifo -m 600 $::pipe
    set ::xterm [exec xterm -into [expr {[winfo id .term.content.x]}] -fa "DejaVu Sans Mono" -fs 11 -geometry 160x60+0+0 -bg #1d2129 -fg #d8dee9 \
        -b 4 +sb -xrm "*allowTitleOps:false" -xrm "*cursorBlink:false" -e sh -c "stty -echo; exec cat '$::pipe'" &]
    set ::log [open $::pipe w]
    file delete $::pipe
    fconfigure $::log -encoding utf-8 -buffering line
    for {set i 0} {$i < 60} {incr i} { logline }
}

proc logline {} {
    lassign [pick $::levels] colour level
    incr ::logtime [between 3 180]
    set at [clock format [expr {1738310400 + $::logtime / 1000}] -gmt 1 -format "%H:%M:%S"].[format %03d [expr {$::logtime % 1000}]]
    puts $::log "\033\[90m$at\033\[0m \033\[${colour}m$level\033\[0m \033\[94m[format %-15s [pick $::sources]]\033\[0m [format [pick $::events] [between 10000 99999] [between 2 900] [between 1 60000]]"
}
set logtime 0

proc editor {} {
    pack [window edit "Report 2025-117.odt – Writer" 1020 24 880 640] -fill both -expand 1
    set inside .edit.content
    menubar $inside {File Edit View Insert Format Styles Table Form Tools Window Help}
    pack [frame $inside.tools -background #f7f8fa] -fill x
    set i 0
    foreach entry {"Default Paragraph ▾" "DejaVu Serif ▾" "12 ▾" B I U ≡ ¶ ↶ ↷ ✂ "100 %"} {
        pack [label $inside.tools.l[incr i] -text $entry -font ui -background white -relief groove -borderwidth 1 -padx 5] -side left -padx 2 -pady 3
    }
    pack [label $inside.status -font ui -anchor w -background #f0f1f3 -foreground #2e3440 -text ""] -side bottom -fill x
    pack [text $inside.text -font body -wrap word -padx 64 -pady 44 -spacing1 3 -spacing3 5 -relief flat -highlightthickness 1 -highlightbackground #b8bdc6 -background white -foreground #1a1a1a -insertwidth 2] -fill both -expand 1 -padx 70 -pady 14
    $inside.text tag configure h -font heading -foreground #24476b
    $inside.text insert end "Support report 2025-117\n" h
    for {set i 0} {$i < 3} {incr i} {
        for {set s 0} {$s < 2} {incr s} { $inside.text insert end "[pick $::sentences] " }
        $inside.text insert end "\n"
    }
    $inside configure -background #d9dce1
    status
}

proc status {} {
    set text .edit.content.text
    lassign [split [$text index insert] .] line column
    .edit.content.status configure -text "  Page 1 of 3     [llength [$text get 1.0 end]] words, [string length [$text get 1.0 end]] characters     English (UK)     Line $line, Column $column     Insert"
}

proc spreadsheet {} {
    pack [window calc "Quarter.ods – Calc" 64 570 850 440 #3f5f4a] -fill both -expand 1
    menubar .calc.content {File Edit View Insert Format Sheet Data Tools Window Help}
    pack [canvas .calc.content.grid -background white -highlightthickness 0] -fill both -expand 1
    set grid .calc.content.grid
    set names {Berlin Hamburg München Köln Frankfurt Stuttgart Leipzig Dresden Bremen Hannover Nürnberg Essen}
    foreach {column x width} {A 40 150 B 190 116 C 306 116 D 422 116 E 538 116 F 654 116 G 770 116} {
        $grid create rectangle $x 0 [expr {$x + $width}] 24 -fill #e5e8ec -outline #c3c8cf
        $grid create text [expr {$x + $width / 2}] 12 -text $column -font ui -fill #4c566a
        for {set row 1} {$row <= 15} {incr row} {
            set y [expr {$row * 24}]
            $grid create rectangle $x $y [expr {$x + $width}] [expr {$y + 24}] -outline #dfe2e6 -fill [expr {$row == 1 ? "#d9e7dd" : "white"}]
            if {$column eq "A"} {
                if {$row <= 9} { $grid create text 45 [expr {$y + 12}] -anchor w -font [expr {$row == 1 ? "uibold" : "cell"}] -text [expr {$row == 1 ? "Office" : "[lindex $names [expr {$row - 2}]]"}] }
                $grid create rectangle 0 $y 40 [expr {$y + 24}] -fill #e5e8ec -outline #c3c8cf
                $grid create text 20 [expr {$y + 12}] -text $row -font ui -fill #4c566a
            } elseif {$row > 9} {
                continue
            } elseif {$row == 1} {
                $grid create text [expr {$x + $width - 5}] [expr {$y + 12}] -anchor e -font uibold -text "[string range JanFebMarAprMayJunJulAugSep [expr {3 * ([scan $column %c] - 66)}] [expr {3 * ([scan $column %c] - 66) + 2}]] 2025"
            } else {
                set value [between -9000 99999]
                $grid create text [expr {$x + $width - 5}] [expr {$y + 12}] -anchor e -font cell -fill [expr {$value < 0 ? "#bf2f3a" : "#1a1a1a"}] -text [format %d,%03d.%02d [expr {$value / 1000}] [expr {abs($value) % 1000}] [between 0 99]]
            }
        }
    }
}

proc mail {} {
    pack [window mail "Inbox – Mail" 1090 590 800 420 #4a4458] -fill both -expand 1
    menubar .mail.content {File Edit View Go Message Tools Help}
    pack [frame .mail.content.list -background white] -fill x
    set i 0
    foreach {from subject} {
        "Anna Lindqvist" "Re: Second payment of invoice 4471" "Print service" "9 jobs are waiting in queue HALL-2"
        "Carrier desk" "Delivery 88-20317: address needed by Friday" "Jonas Weber" "Quarter figures, third version"
        "Backup" "Finished with 1 warning (3 files skipped)" "Works council" "Minutes of the meeting of 28 January"
    } {
        set shade [expr {$i == 0 ? "#d5e3f2" : $i % 2 ? "#ffffff" : "#f6f7f9"}]
        pack [frame .mail.content.list.r[incr i] -background $shade] -fill x
        foreach {text width} [list $from 18 $subject 50 [format %02d:%02d [expr {17 - $i}] [between 0 59]] 6] {
            pack [label .mail.content.list.r$i.l[incr ::labels] -text $text -font [expr {$i < 3 ? "uibold" : "ui"}] -width $width -anchor w -background $shade] -side left -padx 4
        }
    }
    pack [text .mail.content.text -font ui -wrap word -padx 16 -pady 10 -relief flat -highlightthickness 0 -spacing3 4 -background white] -fill both -expand 1
    .mail.content.text insert end "From: Anna Lindqvist <anna.lindqvist@example.org>\nSubject: Re: Second payment of invoice 4471\n\nGood morning,\n"
    for {set i 0} {$i < 2} {incr i} { .mail.content.text insert end "[pick $::sentences] " }
    .mail.content.text insert end "\nKind regards\nAnna Lindqvist"
}

# The scenes. Each goes on until the time (in ms since "ready") at which it ends.
proc now {} { expr {[clock milliseconds] - $::started} }

proc scroll {until} {
    if {[now] >= $until} return
    for {set i [between 1 3]} {$i > 0} {incr i -1} { logline }
    after [between 150 650] [list scroll $until]
}

proc type {until {left ""}} {
    set text .edit.content.text
    if {[now] >= $until} { focus -force .; return }
    if {$left eq ""} {
        focus -force $text
        set left "[pick $::sentences][pick {" " " " "\n"}]"
    }
    if {rand() < 0.03} {
        $text delete "insert - 1 chars"
    } else {
        $text insert insert [string index $left 0]
        set left [string range $left 1 end]
    }
    $text see insert
    status
    after [between 60 220] [list type $until $left]
}

# Drags one window after the other on a curve, 30 steps a second, with a rest between two drags, the pointer at the title bar.
proc move {until {window mail} {step 0}} {
    if {[now] >= $until} return
    if {$step == 0} {
        raise .$window
        set ::origin [list [winfo x .$window] [winfo y .$window]]
    }
    lassign $::origin x y
    set f [expr {(1 - cos($step / 75.0 * 6.2832)) / 2}]
    set x [expr {int($x - ($window eq "mail" ? 620 : -430) * $f)}]
    set y [expr {int($y - 330 * $f * (1 + 0.3 * sin($step / 12.0)))}]
    wm geometry .$window +$x+$y
    event generate . <Motion> -warp 1 -x [expr {$x + 200}] -y [expr {$y + 14}]
    if {$step < 75} { after 33 [list move $until $window [incr step]] } else { after 700 [list move $until [expr {$window eq "mail" ? "calc" : "mail"}]] }
}

proc idle {until} {}

proc all {until} {
    for {set minute 0} {$minute < $until} {incr minute 60000} {
        foreach {part from to} {scroll 0 15000 type 15000 30000 move 30000 40000} {
            after [expr {$minute + $from}] [list $part [expr {min($until, $minute + $to)}]]
        }
    }
}

proc finish {} {
    catch {exec kill $::xterm}
    exit 0
}

wallpaper
taskbar
terminal
editor
spreadsheet
mail
event generate . <Motion> -warp 1 -x 1500 -y 700
update
lower .
after 1500 {
    puts ready
    flush stdout
    set started [clock milliseconds]
    $scene [expr {$seconds * 1000}]
    after [expr {$seconds * 1000}] finish
}
