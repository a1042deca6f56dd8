"""One folding for what is stored and what is asked: two writings of one word become the same characters (CAT-7)."""

import re
import unicodedata

# Traditional Chinese and Japanese forms, each followed by the simplified one. Folding too much only finds more.
_VARIANTS = (
    "國国 體体 們们 這这 來来 時时 個个 為为 會会 說说 説说 間间 關关 関关 見见 車车 東东 馬马 長长 門门 開开 員员 錢钱 銭钱 買买 賣卖 売卖 貨货 貴贵 費费 郵邮 電电 話话 "
    "網网 頁页 圖图 図图 書书 寫写 紅红 綠绿 緑绿 藍蓝 顏颜 顔颜 單单 単单 雙双 條条 張张 讓让 遠远 進进 過过 運运 達达 選选 適适 連连 邊边 辺边 邉边 葉叶 園园 霧雾 風风 "
    "燈灯 鳥鸟 魚鱼 貓猫 龍龙 竜龙 龜龟 亀龟 雞鸡 鶏鸡 鴨鸭 麵面 麺面 餅饼 飯饭 飲饮 館馆 餡馅 糰团 團团 団团 實实 実实 氣气 気气 廣广 広广 價价 価价 點点 発发 發发 髮发 "
    "髪发 變变 変变 聲声 當当 學学 樂乐 楽乐 藥药 薬药 藝艺 芸艺 窯窑 塗涂 製制 裝装 筆笔 紙纸 繪绘 絵绘 畫画 織织 繩绳 線线 綿绵 絲丝 糸丝 絹绢 緞缎 襪袜 動动 帶带 帯带 "
    "傘伞 蠟蜡 蝋蜡 燭烛 鈴铃 鐘钟 銀银 鐵铁 鉄铁 鋼钢 銅铜 鍋锅 針针 鏡镜 鑰钥 鎖锁 錦锦 釘钉 寶宝 貝贝 財财 貯贮 賀贺 贈赠 禮礼 節节 歲岁 歳岁 華华 漢汉 臺台 灣湾 澤泽 "
    "沢泽 濱滨 浜滨 島岛 嶋岛 淺浅 濃浓 淨净 浄净 溫温 濕湿 滿满 満满 潔洁 潤润 乾干 雲云 靜静 響响 韻韵 頂顶 順顺 須须 領领 頭头 頻频 額额 願愿 顧顾 飛飞 養养 驗验 験验 "
    "驛驿 駅驿 騎骑 髙高 﨑崎 鬥斗 鬱郁 鹽盐 塩盐 麥麦 黃黄 黒黑 齊齐 斉齐 齋斋 斎斋 齒齿 歯齿 兩两 両两 並并 亞亚 亜亚 仏佛 仮假 傳传 伝传 傑杰 備备 償偿 優优 兒儿 児儿 "
    "內内 冊册 凍冻 劍剑 剣剑 劃划 劇剧 勞劳 労劳 勝胜 勳勋 區区 協协 卻却 參参 叢丛 號号 嚴严 厳严 圓圆 円圆 圍围 囲围 場场 塊块 壓压 圧压 壽寿 夢梦 奧奥 奮奋 娛娱 孫孙 "
    "寬宽 對对 対对 導导 將将 専专 專专 屆届 屬属 層层 幣币 幫帮 庫库 廚厨 廟庙 廠厂 彈弹 弾弹 彌弥 強强 後后 從从 従从 復复 徵征 徳德 恆恒 恵惠 愛爱 慶庆 憶忆 應应 応应 "
    "戀恋 戲戏 戯戏 戶户 戸户 拡扩 擴扩 挾挟 捨舍 換换 揚扬 損损 搖摇 揺摇 據据 拠据 擇择 択择 擊击 撃击 擔担 數数 敵敌 斷断 舊旧 暢畅 曆历 暦历 歷历 歴历 曉晓 暁晓 極极 "
    "楊杨 榮荣 栄荣 樓楼 構构 槍枪 樣样 様样 標标 樹树 橋桥 機机 檢检 検检 櫃柜 櫻樱 桜樱 權权 権权 歐欧 歡欢 歓欢 殘残 殺杀 毀毁 毎每 汚污 決决 況况 涼凉 淚泪 涙泪 渋涩 "
    "澀涩 済济 濟济 渦涡 測测 湯汤 溝沟 滅灭 漁渔 潛潜 瀧泷 滝泷 烏乌 無无 焼烧 燒烧 煙烟 熱热 燦灿 爐炉 爭争 狀状 狹狭 獎奖 獨独 獣兽 獸兽 獻献 獲获 瑪玛 環环 現现 瓊琼 "
    "產产 産产 畢毕 畳叠 疊叠 療疗 癒愈 盃杯 盜盗 盤盘 監监 眾众 衆众 硯砚 碼码 磚砖 礎础 祕秘 禪禅 禰祢 種种 稱称 穀谷 積积 穏稳 穩稳 競竞 範范 築筑 簡简 簽签 籃篮 籠笼 "
    "粧妆 妝妆 粵粤 糧粮 紀纪 約约 純纯 紋纹 納纳 紐纽 級级 組组 細细 終终 結结 統统 絡络 給给 經经 経经 継继 繼继 続续 續续 維维 綱纲 綺绮 緊紧 総总 總总 緣缘 縁缘 編编 "
    "練练 縣县 県县 縮缩 縫缝 縱纵 繡绣 繊纤 纖纤 罰罚 羅罗 義义 習习 翹翘 聖圣 聞闻 職职 聴听 聽听 肅肃 脅胁 脈脉 腦脑 脳脑 腳脚 腸肠 膚肤 膠胶 臉脸 臨临 興兴 舉举 挙举 "
    "舖铺 舗铺 鋪铺 艦舰 艶艳 豔艳 莊庄 荘庄 萬万 蓮莲 蔣蒋 蕭萧 薦荐 蘇苏 蘭兰 處处 処处 虛虚 蟲虫 蟬蝉 蠶蚕 術术 衛卫 補补 複复 裏里 裡里 襲袭 規规 視视 覚觉 覺觉 覽览 "
    "覧览 観观 觀观 觸触 計计 訂订 討讨 記记 許许 設设 評评 試试 詩诗 詳详 語语 誠诚 誕诞 認认 調调 談谈 請请 論论 識识 證证 証证 譜谱 護护 譽誉 讀读 読读 豐丰 豊丰 豬猪 "
    "負负 貫贯 責责 質质 賓宾 賢贤 購购 贊赞 賛赞 跡迹 軍军 軟软 軽轻 輕轻 載载 輝辉 輪轮 輸输 轉转 転转 辦办 農农 迴回 遊游 違违 遅迟 遲迟 還还 鄉乡 郷乡 鄭郑 醫医 醬酱 "
    "醤酱 釀酿 醸酿 釋释 釈释 鉛铅 録录 錄录 鍵键 鐡铁 鑄铸 鋳铸 閉闭 閣阁 閱阅 闊阔 隊队 陽阳 陰阴 階阶 際际 隱隐 隠隐 雜杂 雑杂 離离 難难 靈灵 霊灵 靉叆 預预 顕显 顯显 "
    "類类 飾饰 餘余 饅馒 驚惊 鬆松 鮮鲜 鯉鲤 鯛鲷 鰻鳗 鳳凤 鶴鹤 鷹鹰 黨党 齡龄 齢龄 靄霭 儀仪 壇坛 夾夹 嶺岭 巖岩 帥帅 帳帐 庁厅 廳厅 徑径 惡恶 悪恶 慣惯 懷怀 懐怀 抜拔 "
    "掛挂 掃扫 揮挥 搾榨 攜携 桟栈 棟栋 棲栖 橫横 歩步 殻壳 殼壳 氷冰 渓溪 湊凑 漸渐 濾滤 災灾 燻熏 犧牺 疇畴 痩瘦 盡尽 矯矫 碁棋 稲稻 窓窗 竈灶 竃灶 籐藤 粋粹 紺绀 絆绊 "
    "綴缀 緋绯 緒绪 縞缟 縷缕 纏缠 缺欠 聯联 茲兹 莖茎 菓果 蔔卜 蕎荞 薑姜 蘿萝 蝦虾 蠣蛎 褲裤 詰诘 諧谐 謎谜 謝谢 賞赏 躍跃 軌轨 軸轴 輩辈 遺遗 酢醋 鈍钝 鈕钮 鉢钵 鋸锯 "
    "錐锥 鏈链 闘斗 隷隶 雛雏 雖虽 韓韩 頬颊 頰颊 顎颚 飴饴 餃饺 駄驮 駒驹 鯖鲭 鰹鲣 麹曲 麴曲"
)
_KATAKANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_FOLD = {**{ord(pair[0]): pair[1] for pair in _VARIANTS.split()}, **_KATAKANA, **_DASHES}
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff]+")
# Controls (NUL above all, which PostgreSQL refuses in text) and lone surrogates.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_LATIN_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """``text`` in the form in which texts are compared: compatibility characters unified (full and half width),
    letters lower-case and without accents, katakana as hiragana, Han characters in one form, spaces single."""
    # Whatever separated words goes on doing so: a control character (a line's end among them) becomes a space.
    clean = _CONTROL.sub(" ", _ZERO_WIDTH.sub("", text))
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", clean).casefold())
    bare = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", lowered))
    # NFD also took voiced kana apart; NFC puts them together again before they are mapped.
    return _SPACE.sub(" ", unicodedata.normalize("NFC", bare).translate(_FOLD)).strip()
