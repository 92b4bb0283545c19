"""Words of the workplace that say the same, in English, German and Spanish, and those that say nothing.

A line is one meaning. It need not be complete: words that are on no line are compared by themselves. The
lists are written in lower case and without regard to endings, which the search takes off anyway.
"""

# ruff: noqa: E501 - a meaning is one line

MEANINGS = """
printer print plotter | drucker drucken ausdrucken plotter | impresora imprimir
label sticker tag | etikett aufkleber | etiqueta pegatina rotulo
ribbon tape strip band | farbband band streifen klebeband | cinta rollo tira
machine device equipment unit apparatus | maschine gerät anlage apparat | máquina equipo aparato
stop halt standstill break fail outage breakdown down | stillstand ausfall ausfallen stehen stoppen defekt | parar fallar avería detener falla
tear rip torn ripped broken damage cut | reißen riss kaputt beschädigt zerrissen | romper cortar rasgar roto dañar
replace replacement spare reserve backup substitute store | ersatz reserve ersetzen vorrat | repuesto recambio reserva sustituir
shift daily day everyday | schicht täglich tag tagschicht | turno diario día jornada
search seek look find hunt locate | suchen finden auffinden | buscar encontrar localizar
agent support helpdesk staff representative clerk | agent mitarbeiter sachbearbeiter support personal | agente soporte personal empleado
return refund reimbursement | rückgabe retoure erstattung rücksendung | devolución reembolso
policy rule regulation guideline | richtlinie regel vorschrift | política norma regla
link shortcut | link verknüpfung verweis | enlace acceso vínculo
ticket case request issue | ticket fall anfrage vorgang | tique caso solicitud
form screen mask sheet questionnaire | formular bogen vordruck maske | formulario impreso hoja ficha
forklift lift stacker | gabelstapler stapler hubwagen | carretilla montacargas
wait queue idle delay hold line | warten stau schlange verzögern anstehen | esperar cola tardar demora
truck lorry vehicle van | lastwagen lkw laster fahrzeug | camión vehículo furgoneta
carrier haulier transport freight forwarder | spedition transport anlieferung fracht lieferung spediteur | transportista transporte entrega flete
slot appointment schedule book booking reserve time | zeitfenster termin buchen reservieren uhrzeit | cita hora reservar horario turno
morning early | morgens früh vormittag | mañana temprano
evening night overnight afterhours | abend nacht nachts feierabend abends | noche nocturno tarde
new joiner newcomer starter beginner | neu anfänger einsteiger neuling | nuevo incorporación principiante
colleague employee worker staff people personnel operator | kollege mitarbeiter leute beschäftigte arbeiter personal mensch | compañero empleado personal trabajador gente persona
laptop computer notebook pc | laptop rechner computer notebook | portátil ordenador computadora
contract agreement | vertrag vereinbarung | contrato acuerdo
order buy purchase procure acquire | bestellen bestellung kaufen einkauf beschaffen | pedir comprar encargar pedido compra
report summary evaluation statement | bericht auswertung zusammenfassung monatsbericht report | informe resumen reporte
weekly week | woche wöchentlich | semana semanal
month monthly | monat monatlich | mes mensual
manual manually hand typed type copy retype | hand manuell abtippen kopieren abschreiben tippen | manual manualmente mano copiar escribir teclear
spreadsheet excel table | tabelle excel | cálculo excel tabla
figure number value data | zahl wert daten angabe | cifra número dato valor
system automate automatic automatically timer software | system automatisch automatisieren zeitschaltuhr software | sistema automático automáticamente automatizar temporizador
send mail email post | schicken senden mail versenden | enviar mandar correo mail
screw bolt nut fastener | schraube bolzen mutter | tornillo perno tuerca
box bin container crate case | kiste box behälter kasten karton | caja recipiente contenedor cajón
mix confuse confusion swap mistake wrong | mischen verwechseln vermischt vertauschen | mezclar confundir equivocar
colour color coloured tint shade | farbe farbig tönung | color tono
mark identify sign highlight | kennzeichnen markieren beschriften | marcar señalar identificar
assembly assemble mount install fit attach set | montage montieren einbauen anbauen installieren anbringen | montaje montar instalar colgar ensamblar
size dimension different various | größe maß verschieden unterschiedlich | medida tamaño distinto diferente
meeting conference discussion | besprechung sitzung meeting konferenz | reunión junta
room office | raum zimmer büro | sala despacho oficina
empty unused free vacant released release | leer unbenutzt frei freigeben | vacío libre liberar soltar
book reserve booked reserved | buchen reserviert | reservar apartar
customer client buyer consumer guest | kunde käufer gast verbraucher | cliente comprador consumidor
call phone telephone ring | anrufen telefon handy anruf telefonieren | llamar teléfono móvil telefonear
mobile phone smartphone cell | handy telefon smartphone | móvil teléfono celular
confirm confirmation | bestätigen bestätigung | confirmar confirmación
spam junk | spam junk | spam deseado basura
domain address | domain adresse | dominio dirección
paint lacquer spray coat varnish | lackieren lack farbe spritzen anstrich | pintar pintura pintado barniz lacado
nozzle jet injector | düse | boquilla inyector
clean wash rinse cleaning | reinigung reinigen säubern waschen putzen spülen | limpiar lavar limpieza
light bright | hell | claro
dark | dunkel | oscuro
sequence order first then | reihenfolge erst zuerst danach | ordenar orden primero luego
nurse carer caregiver | pfleger schwester krankenschwester pflegekraft | enfermera sanitario cuidador
patient sick bed | patient kranke bett | paciente enfermo cama
glove hand protection | handschuh handschutz | guante mano protección
walk go way path aisle walkway route | gehen laufen weg gehweg laufweg gang | caminar ir pasillo camino
store warehouse storage stock depot | lager lagern vorratsraum aufbewahren | almacén guardar depósito
dispenser holder rack | spender halter halterung | dispensador soporte
invoice bill receipt voucher | rechnung beleg quittung | factura recibo tique comprobante
approve sign authorise authorize signature release signoff permit | genehmigen unterschreiben unterschrift freigeben freigabe | aprobar firma firmar autorizar validar
manager boss chief supervisor leader | chef leiter vorgesetzter führungskraft | jefe gerente responsable
small little minor | klein gering wenig | pequeño poco menor
amount sum value money | betrag summe euro geld | importe valor cantidad dinero
compressor pump pressurised compressed air | kompressor druckluft pumpe luft | compresor bomba aire presión
weekend saturday sunday | wochenende samstag sonntag samstags sonntags | sábado domingo semana
off switch shut power turn disconnect | abschalten ausschalten ausmachen schalten | apagar desconectar
run work operate on | laufen arbeiten betrieb | funcionar trabajar operar
nothing needless unnecessary unneeded useless | umsonst unnötig vergeblich unnütz | innecesario nada inútil necesidad
sample specimen probe | probe muster | muestra espécimen
lost lose disappear missing vanish | verloren verlieren verschwinden fehlen | perder desaparecer faltar
fridge refrigerator cold cooling | kühlschrank kalt kühlung | nevera frío refrigerador
reception desk intake | annahme empfang rezeption | recepción entrada
scan barcode code read | scannen barcode code erfassen einlesen einscannen | escanear código leer
hand handover handing pass | übergabe weitergeben wechsel schichtwechsel | relevo entrega cambio cambiar
pallet skid load | palette ladung | palé palet carga
film foil plastic wrap stretch | folie plastik wickeln umwickeln | plástico película envolver
pack package packing packaging wrapping wrap | packen verpacken verpackung wickler umwicklung | embalar envolver empaquetar envolvedora
waste wasted excess excessive much | verschwenden verschwendung verbrauchen | desperdiciar gastar malgastar
adjust set configure tune | einstellen einrichten justieren | ajustar regular configurar
complaint claim unhappy grievance | reklamation beschwerde | queja reclamación
mailbox inbox postbox | postfach mailbox sammelpostfach | buzón bandeja
shared common joint | gemeinsam sammel geteilt | común compartido
answer reply respond response | antworten beantworten antwort | contestar responder respuesta
assign owner allocate responsible distribute | zuweisen zuständig verteilen zuteilen verantwortlich | asignar repartir responsable cuidar
immediately once sameday instantly | sofort gleich umgehend | inmediato enseguida mismo
drawing plan blueprint document | zeichnung plan | plano dibujo
outdated old obsolete | veraltet alt | anticuado viejo obsoleto
current latest version newest | aktuell neueste version stand | actual último versión
tablet screen display monitor | tablet bildschirm anzeige monitor | tableta pantalla monitor
show display present | zeigen anzeigen | mostrar enseñar
floor shop line production workshop factory plant hall | fertigung linie werk halle produktion werkstatt fabrik | taller línea fábrica nave producción planta
board whiteboard | brett tafel | pizarra tablero
talk meeting conversation handover | gespräch übergabe besprechung | charla relevo conversación
information know tell knowledge | information wissen | información saber
change modify | ändern änderung | cambiar modificar cambio
travel expense trip | reise reisekosten spesen | viaje dieta gasto
paper printed sheet | papier gedruckt | papel impreso
photo photograph picture image | foto fotografieren aufnehmen bild | foto fotografiar imagen
electronic digital online | elektronisch digital online | electrónico digital
saw cutter | säge schneider | sierra cortadora
dust shavings chip swarf | staub späne sägestaub | polvo viruta
slip fall trip stumble | rutschen ausrutschen stürzen fallen | resbalar caer tropezar
danger dangerous hazard unsafe | gefahr gefährlich unsicher | peligro peligroso
extraction suction hood vacuum | absaugung sauger | aspiración extractor
test testing staging trial | test testen testumgebung | prueba ensayo probar
server host machine | server rechner | servidor máquina
power electricity energy consume | strom energie verbrauchen | energía electricidad gastar
part component piece | teil ersatzteil bauteil komponente | pieza componente
tool hammer wrench pliers | werkzeug hammer zange schlüssel | herramienta útil martillo llave
place location position spot | platz ort stelle | lugar sitio puesto ubicación
fixed firm permanent | fest feststehend | fijo permanente
account login access user | konto zugang login benutzer | cuenta acceso usuario
late delay slow long | spät verzögern langsam lange dauern | tarde tardar lento
projector beamer | beamer projektor | proyector
cable connection connector plug adapter | kabel anschluss stecker adapter | cable conexión enchufe
same identical equal | gleich derselbe | mismo igual
once repeatedly multiple several times twice | einmal mehrfach dreimal mal | vez varias repetido
fill complete enter write | ausfüllen eintragen schreiben | rellenar completar
hour opening open hours | öffnungszeit offen geöffnet | apertura abierto horario
website web internet page homepage | webseite internet seite startseite | web internet página
lamp light lighting | licht lampe beleuchtung | luz lámpara iluminación
sensor detector motion | sensor bewegungsmelder melder | sensor detector movimiento
bin trash rubbish garbage dustbin | müll mülleimer abfall | basura papelera cubo
kitchen canteen coffee | küche kantine kaffee | cocina comedor café
training train teach learn course | schulung lernen ausbildung kurs | formación capacitación curso
error fault defect bug wrong | fehler mangel defekt | error defecto fallo
scrap reject rework | ausschuss nacharbeit schrott | desecho rechazo retrabajo
stock inventory material | bestand material vorrat | inventario material existencias
delivery ship deliver dispatch | lieferung liefern versand | entrega envío
price cost expensive cheap | preis kosten teuer billig | precio coste caro barato
noise loud | lärm laut | ruido
safety accident injury | sicherheit unfall verletzung | seguridad accidente lesión
quality inspection check | qualität prüfung kontrolle | calidad inspección control
measure gauge | messen messgerät | medir medidor
maintenance repair service fix | wartung reparatur instandhaltung reparieren | mantenimiento reparación reparar
stand table desk bench | tisch ständer bank arbeitsplatz | mesa banco
door gate entrance | tür tor eingang | puerta entrada
heat hot warm heating | wärme heiß heizung | calor caliente calefacción
water leak oil | wasser leck öl | agua fuga aceite
"""
"""One meaning a line; the bars only part the languages for whoever reads it."""

STOP_WORDS = {
    "en": """
a an the and or but if so as at by for from in into of on out over to up with without it its is are was were be been
being this that these those they them their there here we our us you your i my he she his her not no nobody nor do
does did done has have had having can could may might must shall should will would just only also too very more most
many much than then when where which who whom whose what why how all any both each every few some such own because
although though while after before again during until about between through per get gets got let lets use used using
make makes made put puts need needs needed take takes keep keeps give gives given come comes want wants always never
often constantly still already even ever almost really quite rather maybe please other another one ones ten than
""",
    "de": """
der die das den dem des ein eine einen einem einer eines und oder aber wenn als am an auf aus bei bis durch für gegen
im in ins mit nach ohne um unter über vom von vor zu zum zur zwischen es ist sind war waren sein wird werden wurde
wurden dies diese dieser dieses diesem diesen jede jeder jedes jeden jedem man wir uns unser unsere unseren ihr ihre
ihren sie er ich mein nicht kein keine keinen keiner niemand nur auch sehr mehr viel viele vielen schon noch dann da
dort hier wo was wer wie warum weil obwohl denn damit dass ob so sich soll sollen kann können muss müssen haben hat
hatte hatten machen macht wegen statt etwa andere anderer beim braucht brauchen geben gibt gehen geht kommen kommt
immer nie oft ständig alle allen alles bitte ganz fast bereits wieder beide einfach dafür daneben darum zwei drei
""",
    "es": """
el la los las un una unos unas y o u pero si como al a de del en con sin por para que se su sus lo le les es son era
eran ser estar está están esta este esto estos estas ese esa eso esos esas hay ha han haber nos nuestro nuestra yo mi
tu él ella ellos no ni nadie nada solo también muy más mucho muchos mucha muchas ya cuando donde cual quien qué cómo
porque aunque pues entre sobre desde hasta tras ante cada todo toda todos todas otro otra uno dos tres ahí aquí tener
tiene tienen hacer hace poner dar van va queda quedan siguen demasiado demasiados sea necesita necesitan necesitar
siempre nunca casi bien mal favor usa usan usar viene vienen llega llegan sirve debe deben puede pueden así
""",
}
"""Words that say nothing about what an idea is about; they also tell the language of a text."""
