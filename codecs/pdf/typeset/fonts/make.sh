#!/usr/bin/env bash
# Makes the fonts of this folder from those that Debian and npm have. It needs
#
#	apt-get install fonts-noto-core fonts-droid-fallback fonttools brotli npm
#
# What it leaves out of a font is what no page needs: hinting, names, glyphs
# of other scripts, and features that nobody asks for.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

noto=/usr/share/fonts/truetype/noto
droid=/usr/share/fonts/truetype/droid
features=ccmp,locl,mark,mkmk,kern,calt,clig,rlig,liga,abvm,blwm,dist,isol,init,medi,med2,fina,fin2,fin3,curs
features+=,nukt,akhn,rphf,rkrf,pref,blwf,abvf,half,pstf,cjct,vatu,pres,abvs,blws,psts,haln,ljmo,vjmo,tjmo,rtlm,ltrm

latin=0000-052F,1AB0-1AFF,1C80-1C8F,1DC0-1FFF,2000-218F,2190-22FF,25A0-25FF,2C60-2C7F,2DE0-2DFF,A640-A69F,A720-A7FF,AB30-AB6F,FB00-FB06,FE20-FE2F,FFFC-FFFD
hangul=1100-11FF,3130-318F,A960-A97F,AC00-D7FF
han=2E80-312F,3190-9FFF,F900-FAFF,FE30-FE4F,FF00-FFEF,20000-2FFFF

# from_npm unpacks the regular weight of a font that has a package of its own.
from_npm() {
	(cd "$work" && npm pack --silent "@expo-google-fonts/$1@$2" >/dev/null && tar xzf "expo-google-fonts-$1-$2.tgz" --one-top-level="$1")
	echo "$work/$1/package/400Regular"
}

# subset FILE NAME CHARACTERS
subset() {
	pyftsubset "$1" --output-file="$work/$2.ttf" --unicodes="$3" --layout-features="$features" --no-hinting \
		--notdef-outline --no-glyph-names --drop-tables+=post,name,DSIG,STAT,BASE,meta
	brotli --force --quality=11 --lgwin=24 --output="$2.ttf.br" "$work/$2.ttf"
}

subset $noto/NotoSans-Regular.ttf sans "$latin"
subset $noto/NotoSans-Bold.ttf sans-bold "$latin"
for script in Arabic Armenian Devanagari Ethiopic Georgian Hebrew Tamil Thai; do
	subset "$noto/NotoSans$script-Regular.ttf" "${script,}" '*'
done
subset "$(from_npm noto-sans-kr 0.4.3)/NotoSansKR_400Regular.ttf" hangul "$hangul"
subset "$(from_npm noto-emoji 0.4.7)/NotoEmoji_400Regular.ttf" emoji '*'
subset $droid/DroidSansFallbackFull.ttf han "$han"
