"""Slack's emoji names and the Unicode signs they stand for: the ones that people at work use."""

SKIN_TONES = {f"skin-tone-{tone}": chr(0x1F3FB + tone - 2) for tone in range(2, 7)}

_TABLE = """
👍 +1 thumbsup
👎 -1 thumbsdown
👏 clap
🙌 raised_hands
🙏 pray
🤝 handshake
👋 wave
💪 muscle
👌 ok_hand
✌️ v
🤞 crossed_fingers
👀 eyes
👆 point_up_2
👇 point_down
👈 point_left
👉 point_right
☝️ point_up
✋ hand raised_hand
🖐️ raised_hand_with_fingers_splayed
🫡 saluting_face
😀 grinning
😃 smiley
😄 smile
😁 grin
😆 laughing satisfied
😅 sweat_smile
😂 joy
🤣 rolling_on_the_floor_laughing rofl
🙂 slightly_smiling_face
🙃 upside_down_face
😉 wink
😊 blush
😇 innocent
😍 heart_eyes
😘 kissing_heart
😎 sunglasses
🤓 nerd_face
🤩 star-struck
🥳 partying_face
🤗 hugging_face
🤔 thinking_face thinking
🤨 face_with_raised_eyebrow
😐 neutral_face
😶 no_mouth
😏 smirk
😒 unamused
🙄 face_with_rolling_eyes
😬 grimacing
😌 relieved
😔 pensive
😴 sleeping
😷 mask
🤒 face_with_thermometer
😵 dizzy_face
😕 confused
🙁 slightly_frowning_face
😮 open_mouth
😯 hushed
😲 astonished
😳 flushed
😢 cry
😭 sob
😱 scream
😞 disappointed
😓 sweat
😩 weary
😤 triumph
😡 rage
😠 angry
🤯 exploding_head
🫠 melting_face
🤷 shrug
🤦 face_palm facepalm
🙋 raising_hand
🙇 bow
💁 information_desk_person
🏃 runner running
🚶 walking
🧑‍💻 technologist
🤖 robot_face
👻 ghost
💀 skull
🐛 bug
🐢 turtle
🐌 snail
🦄 unicorn_face
🐙 octopus
🦉 owl
🐝 bee honeybee
❤️ heart
🧡 orange_heart
💛 yellow_heart
💚 green_heart
💙 blue_heart
💜 purple_heart
🖤 black_heart
💔 broken_heart
💯 100
💥 boom collision
💫 dizzy
💬 speech_balloon
💭 thought_balloon
🗯️ right_anger_bubble
✨ sparkles
⭐ star
🌟 star2
🔥 fire
🎉 tada
🎊 confetti_ball
🎈 balloon
🎁 gift
🎂 birthday
🍰 cake
🏆 trophy
🥇 first_place_medal
🥈 second_place_medal
🥉 third_place_medal
🏅 sports_medal medal
🎯 dart
🎾 tennis
⚽ soccer
🏁 checkered_flag
🚩 triangular_flag_on_post
🏳️ waving_white_flag
🚀 rocket
✈️ airplane
🚗 car red_car
🚢 ship
⛵ boat sailboat
🧭 compass
🗺️ world_map
🏔️ snow_capped_mountain
🌍 earth_africa
🌎 earth_americas
🌏 earth_asia
🌱 seedling
🌳 deciduous_tree
🌲 evergreen_tree
🌵 cactus
🍀 four_leaf_clover
🌸 cherry_blossom
🌻 sunflower
🍎 apple
🍋 lemon
🍕 pizza
🍪 cookie
☕ coffee
🍵 tea
🍺 beer
🍻 beers
🥂 clinking_glasses
🍾 champagne
☀️ sunny
⛅ partly_sunny
☁️ cloud
🌧️ rain_cloud
⛈️ thunder_cloud_and_rain
⚡ zap
❄️ snowflake
🌈 rainbow
🌙 crescent_moon
✅ white_check_mark
☑️ ballot_box_with_check
✔️ heavy_check_mark
❌ x
❎ negative_squared_cross_mark
➕ heavy_plus_sign
➖ heavy_minus_sign
❗ exclamation heavy_exclamation_mark
❓ question
❔ grey_question
‼️ bangbang
⚠️ warning
🚧 construction
🛑 octagonal_sign
⛔ no_entry
🚫 no_entry_sign
ℹ️ information_source
🆗 ok
🆕 new
🆘 sos
🔴 red_circle
🟠 large_orange_circle
🟡 large_yellow_circle
🟢 large_green_circle
🔵 large_blue_circle
🟣 large_purple_circle
⚫ black_circle
⚪ white_circle
🟥 large_red_square
🟧 large_orange_square
🟨 large_yellow_square
🟩 large_green_square
🟦 large_blue_square
⬛ black_large_square
⬜ white_large_square
🔺 small_red_triangle
🔻 small_red_triangle_down
🔸 small_orange_diamond
🔹 small_blue_diamond
🔶 large_orange_diamond
🔷 large_blue_diamond
➡️ arrow_right
⬅️ arrow_left
⬆️ arrow_up
⬇️ arrow_down
↗️ arrow_upper_right
↘️ arrow_lower_right
↩️ leftwards_arrow_with_hook
🔄 arrows_counterclockwise
🔁 repeat
⏩ fast_forward
⏸️ double_vertical_bar
▶️ arrow_forward
⏱️ stopwatch
⏰ alarm_clock
⏳ hourglass_flowing_sand
⌛ hourglass
🕐 clock1
🕘 clock9
📅 date
📆 calendar
🗓️ spiral_calendar_pad
📈 chart_with_upwards_trend
📉 chart_with_downwards_trend
📊 bar_chart
📋 clipboard
📌 pushpin
📍 round_pushpin
📎 paperclip
🔗 link
📝 memo pencil
✏️ pencil2
🖊️ lower_left_ballpoint_pen
📄 page_facing_up
📁 file_folder
📂 open_file_folder
🗂️ card_index_dividers
🗃️ card_file_box
🗑️ wastebasket
📦 package
📬 mailbox_with_mail
✉️ email envelope
📣 mega
📢 loudspeaker
🔔 bell
🔕 no_bell
🔒 lock
🔓 unlock
🔑 key
🔍 mag
🔎 mag_right
💡 bulb
🔦 flashlight
🔧 wrench
🔨 hammer
🛠️ hammer_and_wrench
⚙️ gear
🧰 toolbox
🔩 nut_and_bolt
🧪 test_tube
🧩 jigsaw
🪜 ladder
🧱 bricks
⚖️ scales
🧮 abacus
💻 computer
🖥️ desktop_computer
📱 iphone
☎️ phone telephone
📞 telephone_receiver
🎧 headphones
🎤 microphone
🎬 clapper
📷 camera
📺 tv
💰 moneybag
💵 dollar
💶 euro
💳 credit_card
🏢 office
🏭 factory
🏠 house
🏡 house_with_garden
🏥 hospital
🚑 ambulance
🚒 fire_engine
👥 busts_in_silhouette
👤 bust_in_silhouette
🧠 brain
👑 crown
🎓 mortar_board
📚 books
📖 book open_book
🔖 bookmark
🏷️ label
0️⃣ zero
1️⃣ one
2️⃣ two
3️⃣ three
4️⃣ four
5️⃣ five
6️⃣ six
7️⃣ seven
8️⃣ eight
9️⃣ nine
🔟 keycap_ten
"""

_SIGNS = {name: sign for sign, *names in map(str.split, _TABLE.strip().splitlines()) for name in names}

FREQUENT = ("thumbsup", "white_check_mark", "eyes", "tada", "heart", "raised_hands", "pray", "rocket")
"""What the reaction picker offers first."""


def find(name: str) -> str | None:
    """The sign of an emoji's name without its colons; None where the table has none."""
    return _SIGNS.get(name)


def names() -> list[str]:
    """Every name once, an emoji's first name only, in the table's order."""
    return list({sign: name for name, sign in reversed(_SIGNS.items())}.values())[::-1]
